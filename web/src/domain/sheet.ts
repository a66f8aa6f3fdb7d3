import type { Line } from '@/api/types'
import { cents, percent } from './money'

/** Sums of a trimming sheet as it is being edited, in cents. */
export interface SheetTotals {
  declared: bigint
  reviewed: bigint
  cut: bigint
  /** cut ÷ declared in percent, two decimals */
  rate: string
  /** cut by reason code, greatest first; '' where a cut has no reason yet */
  byReason: { reason: string; amount: bigint }[]
}

/** What a line's editor holds. `reviewed` is what was typed; it may not be an amount (yet). */
export interface Edit {
  reviewed?: string
  reason?: string
}

/** Sums over all lines, with edits where there are any; a line nobody reviewed counts as kept. */
export function totals(lines: Line[], edits: Map<number, Edit>): SheetTotals {
  let declared = 0n
  let reviewed = 0n
  const reasons = new Map<string, bigint>()
  for (const line of lines) {
    const edit = edits.get(line.no)
    const whole = cents(line.declared) ?? 0n
    const kept = cents(edit?.reviewed) ?? cents(line.reviewed) ?? whole
    declared += whole
    reviewed += kept
    if (kept !== whole) {
      const reason = edit?.reason ?? line.reason ?? ''
      reasons.set(reason, (reasons.get(reason) ?? 0n) + whole - kept)
    }
  }
  const cut = declared - reviewed
  const byReason = [...reasons].map(([reason, amount]) => ({ reason, amount })).sort((a, b) => (a.amount < b.amount ? 1 : -1))
  return { declared, reviewed, cut, rate: percent(cut, declared), byReason }
}

/** What is wrong with the figures of one line, as message keys by field. */
export function lineProblems(line: Line, edit: Edit, asksReason: boolean): Partial<Record<'reviewed' | 'reason', string>> {
  const amount = cents(edit.reviewed)
  const whole = cents(line.declared) ?? 0n
  if (amount === undefined || amount < 0n) return { reviewed: 'sheet.noAmount' }
  if (amount > whole) return { reviewed: 'sheet.aboveDeclared' }
  if (!asksReason) return {}
  if (amount < whole && !edit.reason) return { reason: 'sheet.needsReason' }
  if (amount === whole && edit.reason) return { reason: 'sheet.reasonWithoutCut' }
  return {}
}
