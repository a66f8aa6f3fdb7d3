import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createApp, h, nextTick, reactive } from 'vue'
import FunctionPoints from '@/components/application/FunctionPoints.vue'
import { measures } from '@/domain/application'
import { emptyRow, plain, type Row } from '@/domain/dossier'
import { cents } from '@/domain/money'
import { type Cost, type Costing, costOf, emptyCosting, emptyModule, type Kind, kinds, measureProblems, type Module, pastedModules, withPoints } from '@/domain/points'
import { i18n } from '@/i18n'

/** The golden cases of the server's own test (models/commands/cost_test.go). */
interface Golden {
  name: string
  modules: ({ module: string } & Partial<Record<Kind, number>>)[]
  costing: Partial<Costing>
  ufp?: string
  cost?: string
  line?: string
  unknown?: boolean
  refused?: string[]
}
const cases = JSON.parse(readFileSync(join(import.meta.dirname, '../../models/commands/testdata/function_points.json'), 'utf8')) as Golden[]
const rates = { pdr: 7.01, hpm: 174, rate: 18000 }
const typed = (g: Golden): Module[] => g.modules.map((m) => ({ ...emptyModule(), ...(Object.fromEntries(Object.entries(m).map(([k, v]) => [k, String(v)])) as Partial<Module>) }) as Module)
const problems: Record<string, string> = { 'points-none': 'measure.gapNone', 'points-not-counted': 'measure.gapCount', 'factor-missing': 'measure.gapFactor', 'factor-basis-missing': 'measure.gapBasis' }

/** What somebody types into the form of a line, field by field. */
async function type(g: Golden) {
  const state = reactive({ modules: [] as Module[], costing: emptyCosting() })
  const host = document.createElement('div')
  const app = createApp({ render: () => h(FunctionPoints, { no: 1, rates, modules: state.modules, costing: state.costing, 'onUpdate:modules': (m: Module[]) => (state.modules = m), 'onUpdate:costing': (c: Costing) => (state.costing = c) }) })
  app.use(i18n).mount(host)
  const put = async (id: string, value: string) => {
    const field = host.querySelector<HTMLInputElement>(`[id="points-1-${id}"]`)!
    field.value = value
    field.dispatchEvent(new Event('input'))
    await nextTick()
  }
  for (const [i, m] of typed(g).entries()) {
    if (i) host.querySelector<HTMLElement>('[data-test=add-module]')!.click()
    await nextTick()
    await put(`module-${i}`, m.module)
    for (const k of kinds) if (m[k]) await put(`${k}-${i}`, m[k])
  }
  for (const [k, v] of Object.entries(g.costing)) await put(k, v)
  const shown = host.querySelector('[data-test=cost-result]')?.textContent
  app.unmount()
  return { state, shown }
}

describe('function points in the form of a line', () => {
  test.each(cases.map((g) => [g.name, g] as const))('%s', async (_, g) => {
    const { state, shown } = await type(g)
    expect(measureProblems(state.modules, state.costing).map((p) => p.key)).toEqual((g.refused ?? []).map((code) => problems[code]))
    if (g.cost === undefined) return expect(shown).toBeUndefined()
    const cost = costOf(state.modules, state.costing, rates)!
    expect([String(cost.ufp), cost.cost, cost.line]).toEqual([g.ufp, cents(g.cost), cents(g.line)! * 10_000n])
    expect(shown!.replace(/,/g, '')).toBe(`${Number(g.cost).toFixed(2)} 元，记 ${Number(g.line).toFixed(2)} 万元`)
  })

  test('nothing is rounded on the way (FP-6, FP-7)', () => {
    const [one, two] = [cases[0]!, cases[1]!].map((g) => costOf(typed(g), { ...emptyCosting(), ...g.costing }, rates)!) as [Cost, Cost]
    expect([one.cost, two.cost]).not.toContain(2_702_502_00n)
    expect([one.cost, two.cost]).not.toContain(6_283_569_60n)
    expect(one.steps.map((s) => s.value)).toEqual(['3,388', '23,749.88', '136.493563…', '2,456,884.137931…', '2,702,572.551724…'])
  })
})

describe('what is kept', () => {
  const measured = (more: Partial<Row>): Row => ({ ...emptyRow('软件开发'), name: '平台', unitPrice: '1', ...more })
  test('goes by number of the line and comes back; what names no line stays', () => {
    const rows = [measured({}), measured({ modules: [{ ...emptyModule(), module: '值守', ilf: '40', eq: '1,000' }], costing: { ...emptyCosting(), scf: '1.21', basis: '招标' } })]
    const rest = { functionPoints: [{ module: '没有归行', ilf: 3 }] }
    const form = measures(rows, rest)
    expect(form).toEqual({ functionPoints: [{ lineNo: 2, module: '值守', ilf: 40, eq: 1000 }, { module: '没有归行', ilf: 3 }], costing: [{ lineNo: 2, scf: 1.21, basis: '招标' }] })
    const back = withPoints([measured({}), measured({})], { ...form, situation: 'x' })
    expect(back.form).toEqual({ situation: 'x', ...rest })
    expect(measures(back.rows, back.form)).toEqual(form)
  })
  test('a row of nothing is no module', () => {
    expect(plain(measured({ modules: [emptyModule()] })).modules).toEqual([])
    expect(measures([measured({ modules: [emptyModule()] })], {})).toEqual({})
  })
  test('modules come from a spreadsheet, with or without heads and numbers', () => {
    const want = [{ module: '值守', ilf: '40', eif: '36', ei: '100', eo: '50', eq: '100' }]
    expect(pastedModules('模块\tILF\tEIF\tEI\tEO\tEQ\n值守\t40\t36\t100\t50\t100\n')).toEqual(want)
    expect(pastedModules('1\t值守\t40\t36\t100\t50\t100')).toEqual(want)
  })
})
