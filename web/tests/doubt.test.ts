import { describe, expect, test } from 'vitest'
import type { Line } from '@/api/types'
import { emptyRow } from '@/domain/dossier'
import { doubtfulCut, doubtfulPrice, doubtfulSum, doubtsIn, greatestSum } from '@/domain/doubt'
import type { Component } from '@/domain/form'

const yuan = (n: number) => BigInt(Math.round(n * 100))

describe('a cut of a line declared with 20.00 万元 (W5)', () => {
  test.each<[number, number | undefined | 'cut']>([
    [15, 150_000], // 15 元: 万 was meant
    [20, 200_000],
    [21, 'cut'], // 21 万元 would be more than declared
    [0, 'cut'],
    [19_999.99, 'cut'],
    [20_000, undefined], // nine tenths are a great cut, and a plain one
    [150_000, undefined],
    [200_000, undefined],
    [210_000, undefined], // above what was declared: refused anyway
    [1_500_000_000, 150_000],
  ])('%d 元', (typed, want) => {
    const d = doubtfulCut(yuan(typed), yuan(200_000))
    expect(d && (d.meant ?? 'cut')).toEqual(typeof want === 'number' ? yuan(want) : want)
  })
  test('a figure that is none asks nothing', () => expect(doubtfulCut(undefined, yuan(200_000))).toBeUndefined())
})

test.each([[225, 2_250_000], [2_250_000, undefined], [300, undefined], [22_500_000_000, 2_250_000], [3_000_000, undefined]])('a sum of %d 元 in a matter of 225 万元', (typed, want) => {
  expect(doubtfulSum(yuan(typed), yuan(2_250_000))?.meant).toEqual(want === undefined ? undefined : yuan(want))
})

test.each([['15', '1', 150_000], ['9.99', '100', 99_900], ['5', '1000', undefined], ['', '1', undefined], ['1,000,000,000', '1', 100_000], ['0', '1', undefined]])('a price of %s, %s pieces', (unitPrice, qty, want) => {
  expect(doubtfulPrice({ ...emptyRow('硬件'), name: '甲', qty, unitPrice })?.meant).toEqual(want === undefined ? undefined : yuan(want))
})

test('a form is asked as a whole, by pointer; an answer holds for its figure', () => {
  const list: Component = { id: 'l', type: 'dynamiclist', path: 'lines', components: [{ id: 'n', type: 'number', key: 'lineNo', validate: { required: true } }, { id: 'r', type: 'number', key: 'reviewed', label: '审定（元）', decimalDigits: 2 }] }
  const pay: Component = { id: 'p', type: 'number', key: 'amount', label: '金额（元）', decimalDigits: 2 }
  const lines = [1, 2].map((no) => ({ no, declared: '200000.00' }) as Line)
  const found = doubtsIn([list, pay], { lines: [{ lineNo: 1, reviewed: '200000.00' }, { lineNo: 2, reviewed: '15' }], amount: '40' }, {}, lines, greatestSum({ declaredTotal: '400000.00', name: '9' }))
  expect([...found].map(([p, d]) => [p, d.id])).toEqual([['/lines/1/reviewed', '/lines/#2=1500'], ['/amount', '/amount=4000']])
})
