import { expect, test } from 'vitest'
import type { Line } from '@/api/types'
import type { Component } from '@/domain/form'
import { edits, prepareRows, rowsByLine, setAnswer } from '@/domain/linelist'
import { fromCents } from '@/domain/money'
import { lineProblems, totals } from '@/domain/sheet'

const line = (no: number, declared: string, more: Partial<Line> = {}): Line => ({ no, category: 'SOFTWARE', name: `第 ${no} 项`, qty: '1', unitPrice: declared, declared, ...more })
const lines = [line(1, '7600000.00'), line(2, '960000.10'), line(3, '1480000.00', { reviewed: '0.00', reason: 'DUP' })]

test('sums are exact: declared is reviewed plus cut', () => {
  const sums = totals(lines, new Map([[1, { reviewed: '6283500.01', reason: 'PRICE' }], [2, { reviewed: '960000.10' }]]))
  expect([sums.declared, sums.reviewed, sums.cut].map(fromCents)).toEqual(['10040000.10', '7243500.11', '2796499.99'])
  expect(sums.rate).toBe('27.85')
  expect(sums.byReason.map((r) => [r.reason, fromCents(r.amount)])).toEqual([['DUP', '1480000.00'], ['PRICE', '1316499.99']])
})

test('a cent never goes astray, however many lines there are', () => {
  const many = Array.from({ length: 500 }, (_, i) => line(i + 1, '0.10'))
  const sums = totals(many, new Map(many.map((l) => [l.no, { reviewed: '0.01', reason: 'CALC' }])))
  expect([fromCents(sums.declared), fromCents(sums.cut), sums.rate]).toEqual(['50.00', '45.00', '90.00'])
})

test('a line nobody reviewed counts as kept, and so does half-typed text', () => {
  expect(fromCents(totals(lines, new Map([[1, { reviewed: '12.' }]])).reviewed)).toBe('8560000.10')
})

test.each([
  [{ reviewed: '' }, { reviewed: 'sheet.noAmount' }],
  [{ reviewed: '7600000.01', reason: 'PRICE' }, { reviewed: 'sheet.aboveDeclared' }],
  [{ reviewed: '7000000.00' }, { reason: 'sheet.needsReason' }],
  [{ reviewed: '7600000.00', reason: 'PRICE' }, { reason: 'sheet.reasonWithoutCut' }],
  [{ reviewed: '7000000.00', reason: 'PRICE' }, {}],
  [{ reviewed: '7600000.00' }, {}],
])('a line with %j', (edit, want) => expect(lineProblems(lines[0]!, edit, true)).toEqual(want))

const list = (...keys: string[]): Component => ({ id: 'l', type: 'dynamiclist', path: 'lines', components: [{ id: 'n', type: 'number', key: 'lineNo', validate: { required: true } }, ...keys.map((key) => ({ id: key, type: 'textfield', key }))] })

test('a whole sheet is prepared with every line, an answer with the lines objected to', () => {
  const data = {}
  prepareRows('trimming_sheet', [list('reviewed', 'reason', 'basis')], data, lines)
  expect(data).toEqual({ lines: [{ lineNo: 1, reviewed: '7600000.00' }, { lineNo: 2, reviewed: '960000.10' }, { lineNo: 3, reviewed: '0.00', reason: 'DUP' }] })

  const two = {}
  prepareRows('trimming_sheet', [list('reviewed', 'reason', 'secondReason')], two, [line(4, '9.00', { reviewed: '5.00', reason: 'DUP', secondReason: 'SCOPE' })])
  expect(two).toEqual({ lines: [{ lineNo: 4, reviewed: '5.00', reason: 'DUP', secondReason: 'SCOPE' }] })

  const answer = {}
  prepareRows('trimming_answer', [list('reviewed', 'reason', 'outcome', 'text')], answer, [lines[0]!, { ...lines[2]!, objection: { text: '须保留' } }])
  expect(answer).toEqual({ lines: [{ lineNo: 3, reviewed: '0.00', reason: 'DUP' }] })

  const cross = {}
  prepareRows('trimming_cross', [list('reviewed', 'comment')], cross, lines)
  expect(cross).toEqual({})
})

test('answers come in line order, and an empty one goes away', () => {
  const l = list('reviewed', 'comment')
  const data = {}
  setAnswer(l, data, 2, 'reviewed', '5.00')
  setAnswer(l, data, 1, 'reviewed', '3.00')
  expect([...rowsByLine(l, data).keys()]).toEqual([1, 2])
  expect(edits(l, data).get(2)).toEqual({ reviewed: '5.00', reason: undefined })
  setAnswer(l, data, 2, 'reviewed', undefined)
  setAnswer(l, data, 1, 'reviewed', '')
  expect(data).toEqual({})
})
