/**
 * Function points of a budget line and what they cost (rule B07, GB/T 36964): exact fractions from the counts to the
 * cent, rounded once at the end. The hours and rates are the rule pack's; every factor is somebody's choice.
 */
import type { Data } from './form'
import { divide } from './money'

/** What a module consists of, with the weight of each kind by the estimated count. */
export const weights = { ilf: 10, eif: 7, ei: 4, eo: 5, eq: 4 } as const
export type Kind = keyof typeof weights
export const kinds = Object.keys(weights) as Kind[]

/** A module with its counts, as they are typed. */
export interface Module extends Record<Kind, string> {
  module: string
}

/** The factors that were chosen, and why; an empty factor is 1, an empty scale change is none. */
export interface Costing {
  scf: string
  application: string
  quality: string
  other: string
  basis: string
}
export const factors = ['application', 'quality', 'other'] as const

/** The scale change factor by how far the work is understood: budget, tender, late, delivered. */
export const scaleChanges = [
  { key: 'estimate', value: '1.39' },
  { key: 'tender', value: '1.21' },
  { key: 'late', value: '1.10' },
  { key: 'delivered', value: '1.00' },
] as const

export const emptyModule = (): Module => ({ module: '', ilf: '', eif: '', ei: '', eo: '', eq: '' })
export const emptyCosting = (): Costing => ({ scf: '', application: '', quality: '', other: '', basis: '' })

/** The parameters of B07: hours for a point, hours of a person-month, 元 for a person-month. */
export interface Rates {
  pdr: number
  hpm: number
  rate: number
}

/** An exact number ≥ 0: n / d. */
interface Fraction {
  n: bigint
  d: bigint
}

const decimal = /^(\d{1,9})(?:\.(\d{1,8}))?$/
function fraction(text: string): Fraction | undefined {
  const m = decimal.exec(text.normalize('NFKC').replace(/[\s,，]/g, ''))
  return m ? { n: BigInt(m[1]! + (m[2] ?? '')), d: 10n ** BigInt((m[2] ?? '').length) } : undefined
}
const times = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d })
const over = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d, d: a.d * b.n })

/** A count as it is typed: a whole number, empty is none. */
export function countOf(text: string): bigint | undefined {
  const f = text.trim() === '' ? { n: 0n, d: 1n } : fraction(text)
  return f && f.d === 1n ? f.n : undefined
}

/** Unadjusted function points of a module; undefined when a count is no whole number. */
export function pointsOf(m: Module): bigint | undefined {
  let sum = 0n
  for (const k of kinds) {
    const n = countOf(m[k])
    if (n === undefined) return undefined
    sum += n * BigInt(weights[k])
  }
  return sum
}

export const blankModule = (m: Module) => !m.module.trim() && kinds.every((k) => !m[k].trim())

/** Points of all modules; undefined when one is not counted. */
export function totalPoints(modules: Module[]): bigint | undefined {
  let sum = 0n
  for (const m of modules) {
    const n = pointsOf(m)
    if (n === undefined) return undefined
    sum += n
  }
  return sum
}

/** A step of the computation: what it gives, before any rounding. */
export interface Step {
  key: 'size' | 'hours' | 'months' | 'labour' | (typeof factors)[number]
  by: string
  value: string
}

export interface Cost {
  ufp: bigint
  steps: Step[]
  /** in cents */
  cost: bigint
  /** the line's amount in cents: whole hundreds of 元 (0.01 万元) */
  line: bigint
}

/** What the modules cost; undefined while a count or a factor is none. */
export function costOf(modules: Module[], c: Costing, rates: Rates): Cost | undefined {
  const ufp = totalPoints(modules)
  const scf = fraction(c.scf)
  if (ufp === undefined || !scf || scf.n === 0n) return undefined
  const steps: Step[] = []
  let now: Fraction = { n: ufp, d: 1n }
  const step = (key: Step['key'], by: string, next: Fraction) => steps.push({ key, by, value: shown((now = next)) })
  const param = (x: number) => fraction(String(x))!
  step('size', `× ${c.scf.trim()}`, times(now, scf))
  step('hours', `× ${rates.pdr}`, times(now, param(rates.pdr)))
  step('months', `÷ ${rates.hpm}`, over(now, param(rates.hpm)))
  step('labour', `× ${rates.rate}`, times(now, param(rates.rate)))
  for (const key of factors) {
    if (!c[key].trim()) continue
    const f = fraction(c[key])
    if (!f) return undefined
    step(key, `× ${c[key].trim()}`, times(now, f))
  }
  const cost = divide(now.n * 100n, now.d)
  return { ufp, steps, cost, line: divide(cost, 10_000n) * 10_000n }
}

/** A number on the way: six decimals, not rounded; … says that it goes on. */
function shown({ n, d }: Fraction): string {
  const cut = (n * 1_000_000n) / d
  const text = String(cut).padStart(7, '0')
  const int = text.slice(0, -6).replace(/\B(?=(\d{3})+$)/g, ',')
  const rest = text.slice(-6)
  const exact = cut * d === n * 1_000_000n
  const tail = exact ? rest.replace(/0+$/, '') : `${rest}…`
  return tail ? `${int}.${tail}` : int
}

/** What keeps a measured line from being submitted, as message keys (FP-8: something must be counted). */
export function measureProblems(modules: Module[], c: Costing): { field: 'modules' | 'scf' | 'basis'; key: string }[] {
  const own = modules.filter((m) => !blankModule(m))
  if (!own.length) return []
  const out: ReturnType<typeof measureProblems> = []
  const sum = totalPoints(own)
  if (sum === undefined) out.push({ field: 'modules', key: 'measure.gapCount' })
  else if (sum === 0n) out.push({ field: 'modules', key: 'measure.gapNone' })
  const scf = fraction(c.scf)
  if (!scf || scf.n === 0n) out.push({ field: 'scf', key: 'measure.gapFactor' })
  if (factors.some((k) => c[k].trim() && !fraction(c[k]))) out.push({ field: 'scf', key: 'measure.gapFactorText' })
  if (!c.basis.trim()) out.push({ field: 'basis', key: 'measure.gapBasis' })
  return out
}

/** Modules pasted from a spreadsheet: name, then counts in the order of the table. A row of heads is left out. */
export function pastedModules(text: string): Module[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.split('\t').map((cell) => cell.trim()))
    .filter((cells) => cells.length > 1 && cells.some(Boolean) && !cells.some((c) => /^(ILF|EIF)\b/i.test(c)))
    .map((cells) => {
      const [module = '', ...counts] = /^\d+$/.test(cells[0]!) && cells.length > 6 ? cells.slice(1) : cells
      return { module, ...(Object.fromEntries(kinds.map((k, i) => [k, counts[i] ?? ''])) as Record<Kind, string>) }
    })
}

const num = (text: string): number | undefined => {
  const plain = text.normalize('NFKC').replace(/[\s,，]/g, '')
  return fraction(plain) ? Number(plain) : undefined
}
const defined = (row: Record<string, unknown>): Data => Object.fromEntries(Object.entries(row).filter(([, v]) => v !== undefined && v !== ''))

interface Measured {
  modules: Module[]
  costing: Costing
}

/** Modules as the form keeps them: by number of the line. */
export const modulesList = (rows: Measured[]): Data[] =>
  rows.flatMap((row, i) => row.modules.filter((m) => !blankModule(m)).map((m) => defined({ lineNo: i + 1, module: m.module.trim(), ...Object.fromEntries(kinds.map((k) => [k, num(m[k])])) })))

export const costingList = (rows: Measured[]): Data[] =>
  rows.flatMap((row, i) => {
    const { scf, application, quality, other, basis } = row.costing
    const own = defined({ scf: num(scf), application: num(application), quality: num(quality), other: num(other), basis: basis.trim() })
    return Object.keys(own).length ? [{ lineNo: i + 1, ...own }] : []
  })

const text = (v: unknown) => (v === undefined || v === null ? '' : String(v))
const listOf = (form: Data, name: string) => (form[name] as Data[] | undefined) ?? []

/** Gives the modules and factors of a form to their lines; the form that is left has those that name no line. */
export function withPoints<R extends Measured>(rows: R[], form: Data): { rows: R[]; form: Data } {
  const rest: Data = { ...form, functionPoints: [] as Data[], costing: [] as Data[] }
  for (const m of listOf(form, 'functionPoints')) {
    const row = rows[Number(m.lineNo) - 1]
    if (row) row.modules.push({ module: text(m.module), ...(Object.fromEntries(kinds.map((k) => [k, text(m[k])])) as Record<Kind, string>) })
    else (rest.functionPoints as Data[]).push(m)
  }
  for (const c of listOf(form, 'costing')) {
    const row = rows[Number(c.lineNo) - 1]
    if (row) row.costing = { scf: text(c.scf), application: text(c.application), quality: text(c.quality), other: text(c.other), basis: text(c.basis) }
    else (rest.costing as Data[]).push(c)
  }
  for (const name of ['functionPoints', 'costing']) if (!(rest[name] as Data[]).length) delete rest[name]
  return { rows, form: rest }
}
