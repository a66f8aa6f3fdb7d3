import type { Document } from '@/api/types'
import { amountOf, type Row, rowProblems, total, untouched } from './dossier'
import { check, type Component, type Data, hidden, isRows, read, type Schema, steps, takesValue, words } from './form'
import { cents, readAmount, wan, yuan } from './money'
import { costingList, measureProblems, modulesList } from './points'

/** What the applicant edits. */
export interface Dossier {
  name: string
  type: string
  mlpsLevel: number | undefined
  form: Data
  rows: Row[]
}

/** One step of the application: a group of its form. The header's fields, the lines and the papers are drawn by hand in theirs. */
export interface Step {
  id: string
  label: string
  components: Component[]
}

/** Something to mend or to add, where it stands, in words of the catalogue. */
export interface Point {
  step: string
  /** id of the element that gets the focus */
  field: string
  key: string
  named?: Record<string, string | number>
  /** words of the form itself instead of a key */
  text?: string
  label?: string
}

/** Papers are kept as documents of the project, not in the form. */
export const papers: Step = { id: 'papers', label: '', components: [] }

export function stepsOf(schema: Schema | undefined, english: boolean): Step[] {
  const groups = (schema?.components ?? []).filter((c) => c.type === 'group' && c.properties?.step)
  const out = groups.map((c) => ({ id: c.properties!.step!, label: words(c, english).label, components: c.components ?? [] }))
  return [...(out.length ? out : ['basics', 'budget', 'security'].map((id) => ({ id, label: '', components: [] }))), papers]
}

const field = (pointer: string) => `f${pointer}`
const rowsOf = (data: Data, name: string) => (read(data, [name]) as Data[] | undefined) ?? []

/** How many quotes or the like a line of an amount needs (rule A07, 元). */
const evidenceFrom = [
  { from: 500_000_00n, needs: 3 },
  { from: 50_000_00n, needs: 2 },
]
export const evidenceNeeded = (row: Row) => evidenceFrom.find((x) => (amountOf(row) ?? 0n) >= x.from)?.needs ?? 0

const minutesFrom = 500_000_00n // rule A08
const targetsNeeded = { output: 3, benefit: 2, satisfaction: 1 } // rule A09
const longestMonths = 36

/** What keeps the application from being submitted, as the server would say it. */
export function gaps(all: Step[], d: Dossier, english: boolean): Point[] {
  const out: Point[] = []
  if ([...d.name.trim()].length < 2) out.push({ step: 'basics', field: 'name', key: 'application.gapName' })
  if (!d.type) out.push({ step: 'basics', field: 'type', key: 'application.gapType' })
  if (d.form.secrecy === 'secret') out.push({ step: 'basics', field: field('/secrecy'), key: 'application.gapSecret' })
  for (const step of all) out.push(...mistakes(step, d.form, english))
  out.push(...lineGaps(d.rows), ...sumGaps(d))
  if (!d.mlpsLevel) out.push({ step: 'security', field: 'mlps', key: 'application.gapMlps' })
  return out.sort((a, b) => all.findIndex((s) => s.id === a.step) - all.findIndex((s) => s.id === b.step))
}

function mistakes(step: Step, form: Data, english: boolean): Point[] {
  return [...check(step.components, form, form)].map(([pointer, m]) => {
    const component = step.components.find((c) => steps(c)[0] === pointer.split('/')[1])
    return { step: step.id, field: field(pointer), key: m.key, named: m.named, text: m.text, label: component && words(component, english).label }
  })
}

function lineGaps(rows: Row[]): Point[] {
  if (rows.every(untouched)) return [{ step: 'budget', field: `line-${rows[0]?.id}-name`, key: 'application.gapLines' }]
  return rows.flatMap((row, i) =>
    untouched(row) ? [] : [...measureGaps(row, i + 1), ...Object.entries(rowProblems(row)).map(([f, key]) => ({ step: 'budget', field: `line-${row.id}-${f}`, key: 'application.gapLine', named: { n: i + 1, what: key } }))],
  )
}

/** Rule B07: what is counted must give a price, by factors that somebody chose and gave the reason for. */
const measureGaps = (row: Row, n: number): Point[] => measureProblems(row.modules, row.costing).map((p) => ({ step: 'budget', field: `line-${row.id}-points`, key: p.key, named: { n } }))

/** Rule A06: the lines add up to the header and to the funding, wherever these are stated. */
function sumGaps(d: Dossier): Point[] {
  const out: Point[] = []
  const lines = total(d.rows)
  const header = cents(readAmount(String(d.form.total ?? '')))
  if (header !== undefined && header !== lines) out.push({ step: 'budget', field: field('/total'), key: 'application.gapTotal', named: { total: yuan(header), lines: yuan(lines) } })
  const funding = rowsOf(d.form, 'funding')
  const sum = fundingTotal(d.form)
  if (funding.length && sum !== lines) out.push({ step: 'funding', field: field('/funding/0/amount'), key: 'application.gapFunding', named: { sum: yuan(sum), lines: yuan(lines) } })
  return out
}

export const fundingTotal = (form: Data) => rowsOf(form, 'funding').reduce((sum, x) => sum + (cents(readAmount(String(x.amount ?? ''))) ?? 0n), 0n)

/** What a reviewer will ask for; none of it holds up the submission. */
export function hints(d: Dossier, documents: Document[]): Point[] {
  const out: Point[] = []
  const bare = d.rows.map((row, i) => ({ row, n: i + 1 })).filter(({ row }) => row.evidence.length < evidenceNeeded(row))
  if (bare.length) out.push({ step: 'budget', field: `line-${bare[0]!.row.id}-evidence`, key: 'application.hintEvidence', named: { lines: bare.map((x) => x.n).join(', ') } })
  const lines = total(d.rows)
  if (lines >= minutesFrom && !documents.some((x) => x.kind === 'minutes')) out.push({ step: 'papers', field: 'paper-kind', key: 'application.hintMinutes', named: { total: wan(lines) } })
  out.push(...targetHints(d.form), ...dateHints(d.form))
  if ((d.mlpsLevel ?? 0) >= 3 && !(d.form.cryptoPlan as string[] | undefined)?.length) out.push({ step: 'security', field: field('/cryptoPlan'), key: 'application.hintCrypto' })
  return out
}

function targetHints(form: Data): Point[] {
  const targets = rowsOf(form, 'targets')
  return Object.entries(targetsNeeded).flatMap(([kind, needs]) => {
    const have = targets.filter((x) => x.kind === kind && x.name && x.value).length
    return have < needs ? [{ step: 'performance', field: field('/targets'), key: `application.hintTargets.${kind}`, named: { have, needs } }] : []
  })
}

function dateHints(form: Data): Point[] {
  const [start, end] = [form.plannedStart, form.plannedEnd].map((x) => (typeof x === 'string' ? x : ''))
  if (!start || !end) return []
  if (end <= start) return [{ step: 'basics', field: field('/plannedEnd'), key: 'application.hintEnd' }]
  const months = (Number(end.slice(0, 4)) - Number(start.slice(0, 4))) * 12 + Number(end.slice(5, 7)) - Number(start.slice(5, 7))
  return months > longestMonths ? [{ step: 'basics', field: field('/plannedEnd'), key: 'application.hintLong', named: { n: longestMonths } }] : []
}

/** How much of what a reviewer wants to read is there, by step. */
export function fullness(all: Step[], d: Dossier, documents: Document[]): Map<string, { filled: number; of: number }> {
  const own: Record<string, boolean[]> = {
    basics: [d.name.trim() !== '', d.type !== ''],
    budget: [!d.rows.every(untouched), d.rows.every((r) => r.evidence.length >= evidenceNeeded(r))],
    security: [d.mlpsLevel !== undefined],
    performance: Object.keys(targetsNeeded).map((kind) => !targetHints(d.form).some((x) => x.key.endsWith(kind))),
    papers: [documents.length > 0],
  }
  return new Map(
    all.map((step) => {
      const answers = [...(own[step.id] ?? []), ...step.components.filter((c) => c.properties?.wanted && !hidden(c, d.form)).map((c) => answered(c, d.form))]
      return [step.id, { filled: answers.filter(Boolean).length, of: answers.length }]
    }),
  )
}

export function answered(c: Component, form: Data): boolean {
  if (!takesValue(c) && !isRows(c)) return true
  const value = read(form, steps(c))
  if (Array.isArray(value)) return value.some((x) => typeof x !== 'object' || Object.values(x as Data).some((v) => v !== ''))
  return value !== undefined && value !== null && value !== ''
}

/** A capability of the city brain that a line seems to build again (rule A04): its name is in the line's. */
export function repeats<C extends { code: string; name: string }>(row: Row, capabilities: C[], form: Data): C | undefined {
  const answers = new Set(rowsOf(form, 'capabilityReuse').filter((x) => x.answer).map((x) => x.capability))
  const short = (c: C) => [c.name, c.code.replace(/^CAP-/, '')]
  return capabilities.find((c) => !answers.has(c.code) && short(c).some((word) => word.length > 1 && row.name.toUpperCase().includes(word.toUpperCase())))
}

/** Price evidence as the form keeps it: by number of the line. */
export const evidenceList = (rows: Row[]): Data[] =>
  rows.filter((r) => !untouched(r)).flatMap((row, i) => row.evidence.filter((e) => e.source.trim() || e.amount.trim()).map((e) => ({ lineNo: i + 1, kind: e.kind, source: e.source.trim(), ...(e.amount.trim() ? { amount: readAmount(e.amount) ?? e.amount.trim() } : {}) })))

/** Function points and their factors as the form keeps them, with those that name no line yet. */
export function measures(rows: Row[], form: Data): Data {
  const used = rows.filter((r) => !untouched(r))
  const functionPoints = [...modulesList(used), ...rowsOf(form, 'functionPoints')]
  const costing = [...costingList(used), ...rowsOf(form, 'costing')]
  return { ...(functionPoints.length ? { functionPoints } : {}), ...(costing.length ? { costing } : {}) }
}

export function withEvidence(rows: Row[], form: Data): Row[] {
  for (const e of rowsOf(form, 'priceEvidence')) {
    const amount = cents(readAmount(String(e.amount ?? '')))
    rows[Number(e.lineNo) - 1]?.evidence.push({ kind: String(e.kind ?? 'quote'), source: String(e.source ?? ''), amount: amount === undefined ? String(e.amount ?? '') : yuan(amount) })
  }
  return rows
}
