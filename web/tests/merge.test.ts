import { describe, expect, test } from 'vitest'
import { reactive, readonly } from 'vue'
import { clone, differences, same, taking } from '@/domain/merge'

test('a copy is ours, also of what the query cache holds read only', () => {
  const held = readonly(reactive({ a: { b: [1] } }))
  const copy = clone(held)
  ;(copy.a.b as number[]).push(2)
  expect([copy.a.b, held.a.b]).toEqual([[1, 2], [1]])
})

test.each([
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: '' }, {}, true],
  [{ a: [] }, { a: undefined }, true],
  [{ a: false }, {}, false],
  [{ a: '1' }, { a: 1 }, false],
  [[1, 2], [2, 1], false],
])('%j and %j', (a, b, want) => expect(same(a, b)).toBe(want))

describe('differences', () => {
  const base = { data: { scores: { a: '1' }, lines: [{ lineNo: 1, reviewed: '5' }, { lineNo: 2, reviewed: '6' }], tags: ['x'] }, opinion: '' }
  const edit = (f: (c: typeof base) => void) => { const c = clone(base); f(c); return c }
  const told = (here: object, there: object, from: object | undefined = base) => differences(from as never, here as never, there as never).map((d) => `${d.pointer} ${d.suggested ?? '?'}`)

  test.each<[string, (c: typeof base) => void, (c: typeof base) => void, string[]]>([
    ['nothing', () => {}, () => {}, []],
    ['only here', (c) => (c.opinion = '甲'), () => {}, ['/opinion here']],
    ['only there', () => {}, (c) => (c.data.scores.a = '2'), ['/data/scores/a there']],
    ['both the same', (c) => (c.opinion = '甲'), (c) => (c.opinion = '甲'), []],
    ['both otherwise', (c) => (c.opinion = '甲'), (c) => (c.opinion = '乙'), ['/opinion ?']],
    ['lines of a sheet one by one', (c) => (c.data.lines[0]!.reviewed = '4'), (c) => (c.data.lines[1]!.reviewed = '3'), ['/data/lines/#1 here', '/data/lines/#2 there']],
    ['a line taken away', () => {}, (c) => c.data.lines.pop(), ['/data/lines/#2 there']],
  ])('%s', (_, here, there, want) => expect(told(edit(here), edit(there))).toEqual(want))

  test('without what both were made from, nobody knows', () => expect(differences(undefined, { a: 1 }, { a: 2 })[0]!.suggested).toBeUndefined())

  test('taking theirs of all differences gives their content, of none ours', () => {
    const here = edit((c) => { c.opinion = '甲'; c.data.lines[0]!.reviewed = '4'; c.data.tags = [] })
    const there = edit((c) => { c.opinion = '乙'; c.data.lines = [{ lineNo: 2, reviewed: '1' }, { lineNo: 3, reviewed: '9' }]; c.data.scores = {} as never })
    const all = differences(base, here, there)
    expect(same(taking(here, all), there)).toBe(true)
    expect(taking(here, [])).toEqual(here)
  })
})
