import type { Line, LineInput } from '@/api/types'
import { cents, lineAmount, readAmount, yuan } from './money'
import { blankModule, type Costing, emptyCosting, type Module } from './points'

/** Where the price of a line comes from (rule A07). */
export interface Evidence {
  kind: string
  source: string
  amount: string
}

/** A budget line while it is being edited; nothing need be complete yet. */
export interface Row extends Required<LineInput> {
  /** for the list's sake: lines have no number before they are saved */
  id: number
  evidence: Evidence[]
  /** function points that it is measured by (rule B07), and how they become money */
  modules: Module[]
  costing: Costing
}

let rows = 0

export const emptyRow = (category = ''): Row => ({ id: ++rows, category, name: '', spec: '', unit: '', qty: '1', unitPrice: '', remark: '', evidence: [], modules: [], costing: emptyCosting() })

export function fromLine(line: (Line | LineInput) & Partial<Pick<Row, 'evidence' | 'modules' | 'costing'>>): Row {
  const { category, name, spec = '', unit = '', qty, unitPrice, remark = '' } = line
  const price = cents(readAmount(unitPrice))
  return { id: ++rows, category, name, spec, unit, qty, unitPrice: price === undefined ? unitPrice : yuan(price), remark, evidence: line.evidence ?? [], modules: line.modules ?? [], costing: line.costing ?? emptyCosting() }
}

export const untouched = (row: Row) => !row.name && !row.spec && !row.unitPrice && !row.remark && !row.unit

/** Amount of a row in cents; undefined while quantity or price is none. */
export const amountOf = (row: Row) => lineAmount(row.qty.trim(), readAmount(row.unitPrice) ?? '')

export type RowField = 'category' | 'name' | 'qty' | 'unitPrice'

/** What a row still lacks, as message keys by field. */
export function rowProblems(row: Row): Partial<Record<RowField, string>> {
  const out: Partial<Record<RowField, string>> = {}
  if (!row.category) out.category = 'application.noCategory'
  if (!row.name.trim()) out.name = 'application.noName'
  if (!/^\d{1,12}(\.\d{1,4})?$/.test(row.qty.trim()) || !/[1-9]/.test(row.qty)) out.qty = 'application.badQty'
  if (cents(readAmount(row.unitPrice)) === undefined) out.unitPrice = 'application.badPrice'
  return out
}

/** The lines to be sent, or undefined while any of them is incomplete. */
export function toInput(all: Row[]): LineInput[] | undefined {
  const used = all.filter((row) => !untouched(row))
  if (used.some((row) => Object.keys(rowProblems(row)).length)) return undefined
  return used.map(({ category, name, spec, unit, qty, unitPrice, remark }) => ({
    category,
    name: name.trim(),
    qty: qty.trim(),
    unitPrice: readAmount(unitPrice)!,
    ...(spec.trim() ? { spec: spec.trim() } : {}),
    ...(unit.trim() ? { unit: unit.trim() } : {}),
    ...(remark.trim() ? { remark: remark.trim() } : {}),
  }))
}

export const total = (all: Row[]) => all.reduce((sum, row) => sum + (amountOf(row) ?? 0n), 0n)

/** A row as content: without its number in this page, amounts as decimal strings wherever they are amounts. */
export function plain({ category, name, spec, unit, qty, unitPrice, remark, evidence, modules, costing }: Row): Omit<Row, 'id'> {
  const amount = (text: string) => readAmount(text) ?? text.trim()
  return { category, name: name.trim(), spec: spec.trim(), unit: unit.trim(), qty: qty.trim(), unitPrice: amount(unitPrice), remark: remark.trim(), evidence: evidence.map((e) => ({ kind: e.kind, source: e.source.trim(), amount: amount(e.amount) })), modules: modules.filter((m) => !blankModule(m)), costing }
}

/** A row of a draft that is no line yet, with its place among all rows; cells as they are typed. */
export interface Incomplete extends Partial<Required<LineInput>> {
  no: number
}

/** All rows of a draft: those that are lines, and those that are none yet with their places. */
export function split(all: Row[]): { lines: LineInput[]; incomplete: Incomplete[] } {
  const lines: LineInput[] = []
  const incomplete: Incomplete[] = []
  all.filter((row) => !untouched(row)).forEach((row, i) => {
    const line = toInput([row])
    if (line) return lines.push(...line)
    const { category, name, spec, unit, qty, unitPrice, remark } = plain(row)
    return incomplete.push({ no: i + 1, ...Object.fromEntries(Object.entries({ category, name, spec, unit, qty, unitPrice, remark }).filter(([, v]) => v)) })
  })
  return { lines, incomplete }
}

/** The rows of both in their order, to be edited. */
export function joined(lines: Line[], incomplete: Incomplete[]): Row[] {
  const at = new Map<number, Row>([...lines.map((l) => [l.no, fromLine(l)] as const), ...incomplete.map((r) => [r.no, fromLine({ category: '', name: '', qty: '', unitPrice: '', ...r })] as const)])
  return [...at].sort(([a], [b]) => a - b).map(([, row]) => row)
}
