import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { check, collect, type Component, hidden, loadConditions, type Schema, start, wall, words } from '@/domain/form'
import { expand } from '@/domain/template'

const definitions = join(import.meta.dirname, '../../workflows/definitions')
const form = (name: string) => JSON.parse(readFileSync(join(definitions, `${name}.form`), 'utf8')) as Schema
beforeAll(() => loadConditions(form('formal_check')))

const field = (more: Partial<Component>): Component => ({ id: 'x', type: 'textfield', key: 'x', ...more })

describe('what is sent', () => {
  test('hidden and empty answers are not', () => {
    const { components } = form('formal_check')
    const data = { decision: 'accept', checklist: [{ code: '申报函', result: 'pass', comment: '' }], supplementItems: [{ item: '方案', requirement: '补' }] }
    expect(collect(components, data, {})).toEqual({ decision: 'accept', checklist: [{ code: '申报函', result: 'pass' }] })
    expect(collect(components, { ...data, decision: 'supplement' }, {})).toHaveProperty('supplementItems')
  })

  test('money stays text to the cent, counts become numbers', () => {
    const { components } = form('contract')
    const sent = collect(components, { amount: '3,238,000.1', warrantyMonths: '24', paymentTerms: [{ ratio: '30', amount: '971400' }] }, {})
    expect(sent).toEqual({ amount: '3238000.10', warrantyMonths: 24, paymentTerms: [{ ratio: 30, amount: '971400.00' }] })
  })

  test('dotted keys make objects', () => {
    expect(collect(form('expert_opinion').components, { scores: { necessity: '82' }, overall: 'pass' }, {})).toEqual({ scores: { necessity: 82 }, overall: 'pass' })
  })

  test('a form starts with the values of its own fields only', () => {
    expect(start(form('contract').components, { contractNo: 'HT-1', awardTotal: 5, supplier: { name: '甲', other: 1 } })).toEqual({ contractNo: 'HT-1', supplier: { name: '甲' } })
  })
})

describe('mistakes', () => {
  const mistakes = (c: Component, value: unknown) => check([c], { x: value }, {}).get('/x')?.key
  test.each([
    [field({ validate: { required: true } }), '', 'form.required'],
    [field({ type: 'checkbox', validate: { required: true } }), false, 'form.mustTick'],
    [field({ validate: { maxLength: 2 } }), '三个字', 'form.maxLength'],
    [field({ validate: { maxLength: 2 } }), '𠮷𠮷', undefined],
    [field({ validate: { pattern: '^[0-9]+$' } }), 'a', 'form.pattern'],
    [field({ type: 'number', decimalDigits: 2 }), '1.005', 'form.decimals'],
    [field({ type: 'number', decimalDigits: 0 }), '1.5', 'form.decimals'],
    [field({ type: 'number', validate: { min: 0 } }), '-1', 'form.min'],
    [field({ type: 'number', validate: { max: 100 } }), '101', 'form.max'],
    [field({ type: 'number', decimalDigits: 2, validate: { min: 0 } }), '36万', undefined],
  ])('%#', (c, value, want) => expect(mistakes(c, value)).toBe(want))

  test('in rows they carry the row, and what is hidden has none', () => {
    const { components } = form('formal_check')
    expect([...check(components, { decision: 'supplement', supplementItems: [{ item: '' }] }, {}).keys()]).toContain('/supplementItems/0/item')
    expect([...check(components, { decision: 'accept', supplementItems: [{ item: '' }] }, {}).keys()]).toEqual([])
  })
})

test('conditions see the task and the answers', () => {
  const trial = form('acceptance').components.find((c) => c.key === 'trialEnds')!
  expect(hidden(trial, { kind: 'PRELIM' })).toBe(false)
  expect(hidden(trial, { kind: 'FINAL' })).toBe(true)
})

test('texts are filled from the scope', () => {
  expect(expand('中标 {{award.total}} 元，{{none}}', { award: { total: 5 } }, String)).toBe('中标 5 元，—')
})

test('every shipped form is of components that are drawn, and has English words', () => {
  const drawn = new Set(['text', 'textfield', 'textarea', 'number', 'select', 'radio', 'checklist', 'taglist', 'checkbox', 'datetime', 'filepicker', 'dynamiclist', 'group', 'separator'])
  const walk = (c: Component, where: string) => {
    expect(drawn, `${where} ${c.id}`).toContain(c.type)
    if (c.label || c.text) expect(words(c, true).label + words(c, true).text, `${where} ${c.id}`).not.toMatch(/[\u4e00-\u9fff]/)
    c.components?.forEach((x) => walk(x, where))
  }
  for (const file of readdirSync(definitions).filter((f) => f.endsWith('.form'))) form(file.replace('.form', '')).components.forEach((c) => walk(c, file))
})

test.each([
  ['2026-11-24T23:30Z', 'datetime', '2026-11-25T07:30'],
  ['2026-12-31T00:00+08:00', 'datetime', '2026-12-31T00:00'],
  ['09:30+08:00', 'time', '09:30'],
  ['23:30Z', 'time', '07:30'],
  ['09:30', 'time', '09:30'],
  ['2026-11-24', 'date', '2026-11-24'],
] as const)('%s as %s is shown in the zone of the house', (value, subtype, shown) => expect(wall(value, subtype)).toBe(shown))
