import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Document } from '@/api/types'
import { type Dossier, evidenceList, fullness, gaps, hints, repeats, stepsOf, withEvidence } from '@/domain/application'
import { emptyRow, type Row } from '@/domain/dossier'
import { loadConditions, type Schema } from '@/domain/form'

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../workflows/definitions/application.form'), 'utf8')) as Schema
const steps = stepsOf(schema, false)
beforeAll(() => loadConditions(schema))

const line = (name: string, unitPrice: string, more: Partial<Row> = {}): Row => ({ ...emptyRow('软件开发'), name, unitPrice, ...more })
const quote = { kind: 'quote', source: '某供应商', amount: '' }
const dossier = (more: Partial<Dossier> = {}): Dossier => ({ name: '智慧停车', type: '新建', mlpsLevel: 2, form: {}, rows: [line('应用软件', '400,000')], ...more })
const keys = (points: { key: string }[]) => points.map((p) => p.key)

test('the steps are those of the form, and the papers', () => {
  expect(steps.map((s) => s.id)).toEqual(['basics', 'need', 'solution', 'budget', 'funding', 'security', 'performance', 'papers'])
  expect(stepsOf(undefined, false).map((s) => s.id)).toEqual(['basics', 'budget', 'security', 'papers'])
})

describe('what keeps it from being submitted', () => {
  test.each<[string, Partial<Dossier>, string[]]>([
    ['nothing', {}, []],
    ['no name, no level', { name: ' ', mlpsLevel: undefined }, ['application.gapName', 'application.gapMlps']],
    ['a secret project (A02)', { form: { secrecy: 'secret' } }, ['application.gapSecret']],
    ['no lines', { rows: [emptyRow()] }, ['application.gapLines']],
    ['a line without a price', { rows: [line('服务器', '')] }, ['application.gapLine']],
    ['another total in the letter (A06)', { form: { total: '400000.01' } }, ['application.gapTotal']],
    ['the same total', { form: { total: '40万' } }, []],
    ['funding to the cent (A06)', { form: { funding: [{ type: '县级财政', amount: '399,999.99' }] } }, ['application.gapFunding']],
    ['funding that adds up', { form: { funding: [{ type: '县级财政', amount: '30万' }, { type: '专项债', amount: '100000' }] } }, []],
    ['a code that is none', { form: { uscc: '123' } }, ['form.pattern']],
  ])('%s', (_, more, want) => expect(keys(gaps(steps, dossier(more), false))).toEqual(want))
})

describe('advice', () => {
  const targets = [...Array(3)].map((_, i) => ({ kind: 'output', name: `产出${i}`, value: '1' })).concat([...Array(2)].map((_, i) => ({ kind: 'benefit', name: `效益${i}`, value: '1' })), [{ kind: 'satisfaction', name: '满意度', value: '90%' }])
  const minutes = [{ kind: 'minutes' }] as Document[]
  test.each<[string, Partial<Dossier>, Document[], string[]]>([
    ['two quotes from 50 000 (A07)', { form: { targets } }, [], ['application.hintEvidence']],
    ['two are enough below 500 000', { form: { targets }, rows: [line('应用软件', '499,999.99', { evidence: [quote, quote] })] }, [], []],
    ['three and the minutes from 500 000 (A07, A08)', { form: { targets }, rows: [line('应用软件', '500,000', { evidence: [quote, quote] })] }, [], ['application.hintEvidence', 'application.hintMinutes']],
    ['the minutes are there', { form: { targets }, rows: [line('应用软件', '500,000', { evidence: [quote, quote, quote] })] }, minutes, []],
    ['targets (A09)', { form: { targets: targets.slice(1) }, rows: [line('培训', '100')] }, [], ['application.hintTargets.output']],
    ['it ends before it starts', { form: { targets, plannedStart: '2022-03-01', plannedEnd: '2022-02-01' }, rows: [line('培训', '100')] }, [], ['application.hintEnd']],
    ['37 months', { form: { targets, plannedStart: '2022-03-01', plannedEnd: '2025-04-01' }, rows: [line('培训', '100')] }, [], ['application.hintLong']],
    ['level 3 without cryptography', { mlpsLevel: 3, form: { targets }, rows: [line('培训', '100')] }, [], ['application.hintCrypto']],
  ])('%s', (_, more, documents, want) => expect(keys(hints(dossier(more), documents))).toEqual(want))
})

test('what is filled counts, what is hidden does not', () => {
  const of = (form: Dossier['form']) => fullness(steps, dossier({ form }), []).get('basics')!
  const empty = of({})
  expect(of({ contact: '周敏' })).toEqual({ filled: empty.filled + 1, of: empty.of })
  expect(of({ deployEnv: 'local' })).toEqual({ filled: empty.filled + 1, of: empty.of + 1 })
})

test('evidence goes by number of the line and comes back to it', () => {
  const rows = [line('甲', '1', { evidence: [quote] }), emptyRow(), line('乙', '2', { evidence: [{ ...quote, amount: '2万' }, { ...quote, source: ' ' }] })]
  const sent = evidenceList(rows)
  expect(sent).toEqual([{ lineNo: 1, kind: 'quote', source: '某供应商' }, { lineNo: 2, kind: 'quote', source: '某供应商', amount: '20000.00' }])
  expect(withEvidence([line('甲', '1'), line('乙', '2')], { priceEvidence: sent }).map((r) => r.evidence.map((e) => e.amount))).toEqual([[''], ['20,000.00']])
})

test('a line that builds a capability again asks, until it is answered (A04)', () => {
  const capabilities = [{ code: 'CAP-GIS', name: '地图' }, { code: 'CAP-SMS', name: '短信' }]
  expect(repeats(line('gis 引擎授权', '1'), capabilities, {})?.code).toBe('CAP-GIS')
  expect(repeats(line('短信平台', '1'), capabilities, {})?.code).toBe('CAP-SMS')
  expect(repeats(line('服务器', '1'), capabilities, {})).toBeUndefined()
  expect(repeats(line('GIS', '1'), capabilities, { capabilityReuse: [{ capability: 'CAP-GIS', answer: 'no' }] })).toBeUndefined()
})
