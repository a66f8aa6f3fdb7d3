import { amountOf, type Row } from './dossier'
import { type Component, type Data, hidden, isLineList, isRows, read, steps, takesValue } from './form'
import { asks } from './linelist'
import { cents, readAmount } from './money'
import type { Line } from '@/api/types'

/** A figure that is asked about before it is sent: it may have been meant in the other unit, or it cuts nearly all of a line. */
export interface Doubt {
  /** field and figure: an answer holds for this figure alone */
  id: string
  typed: bigint
  /** the figure in the other unit, where that would be plausible */
  meant?: bigint
  /** what the line was declared with */
  of?: bigint
}

const unit = 10_000n // 万

/** The figure in the other unit, when that is within a tenth of `whole` and it. */
function otherUnit(typed: bigint, whole: bigint): bigint | undefined {
  if (typed <= 0n) return undefined
  if (typed * unit <= whole) return typed * unit
  return typed > whole * 10n && typed % unit === 0n && typed / unit <= whole ? typed / unit : undefined
}

/** What a line is reviewed at, against what was declared: asked about when more than nine tenths are cut. */
export function doubtfulCut(typed: bigint | undefined, declared: bigint): Omit<Doubt, 'id'> | undefined {
  if (typed === undefined || declared <= 0n || (typed * 10n >= declared && typed <= declared)) return undefined
  const meant = otherUnit(typed, declared)
  if (typed > declared && meant === undefined) return undefined // refused anyway
  return { typed, meant, of: declared }
}

/** An amount of a matter whose greatest known sum is `whole`. */
export function doubtfulSum(typed: bigint | undefined, whole: bigint): Omit<Doubt, 'id'> | undefined {
  const meant = typed === undefined ? undefined : otherUnit(typed, whole)
  return meant === undefined ? undefined : { typed: typed!, meant }
}

const leastLine = 1_000_00n // 元 and 分: below it a budget line is asked about
const mostLine = 100_000_000_00n

/** The price of a budget line, by what the line comes to. */
export function doubtfulPrice(row: Row): Doubt | undefined {
  const [price, amount] = [cents(readAmount(row.unitPrice)), amountOf(row)]
  if (!price || !amount) return undefined
  const meant = amount < leastLine ? price * unit : amount > mostLine && price % unit === 0n ? price / unit : undefined
  return meant === undefined ? undefined : { id: `line-${row.id}=${price}`, typed: price, meant }
}

export const isMoney = (c: Component) => c.type === 'number' && c.decimalDigits === 2 && /元|CNY/.test(`${c.label}${c.properties?.en}`)

const amountIn = (value: unknown) => cents(readAmount(String(value ?? '')))

/** The greatest sum that is known of a matter: names of sums end so in its variables. */
export function greatestSum(scope: Data): bigint {
  const sums = Object.entries(scope).flatMap(([name, value]) => (/(total|amount|sum)$/i.test(name) ? [cents(String(value)) ?? 0n] : []))
  return sums.reduce((a, b) => (b > a ? b : a), 0n)
}

/** All doubts of a form by pointer of the field. */
export function doubtsIn(components: Component[], data: Data, scope: Data, lines: Line[], whole: bigint, at = ''): Map<string, Doubt> {
  const out = new Map<string, Doubt>()
  const note = (pointer: string, id: string, d: Omit<Doubt, 'id'> | undefined) => d && out.set(pointer, { ...d, id: `${id}=${d.typed}` })
  for (const c of components.filter((x) => !hidden(x, { ...scope, ...data }))) {
    const pointer = [at, ...steps(c)].join('/')
    const rows = isRows(c) ? ((read(data, steps(c)) as Data[] | undefined) ?? []) : []
    if (c.type === 'group') {
      const inner = steps(c).length ? ((read(data, steps(c)) as Data) ?? {}) : data
      doubtsIn(c.components ?? [], inner, scope, lines, whole, steps(c).length ? pointer : at).forEach((d, p) => out.set(p, d))
    } else if (isLineList(c)) {
      const amount = asks(c).amount
      rows.forEach((row, i) => {
        const line = lines.find((l) => l.no === Number(row.lineNo))
        if (amount && line) note(`${pointer}/${i}/${amount.key}`, `${pointer}/#${line.no}`, doubtfulCut(amountIn(row[amount.key!]), cents(line.declared) ?? 0n))
      })
    } else if (isRows(c)) {
      rows.forEach((row, i) => doubtsIn(c.components ?? [], row, { ...scope, ...data }, lines, whole, `${pointer}/${i}`).forEach((d, p) => out.set(p, d)))
    } else if (takesValue(c) && isMoney(c)) note(pointer, pointer, doubtfulSum(amountIn(read(data, steps(c))), whole))
  }
  return out
}
