import type { Due } from '@/api/types'

/** A message key of the catalogue with its figures. */
export interface Text {
  key: string
  named: Record<string, number>
  count: number
}

/** How a deadline is said: overdue by, due today, left; working days as the server counts them. */
export function dueText(due: Due): Text {
  if (due.suspended) return text('due.suspended', 0)
  const left = due.workdaysLeft
  if (due.light === 'none' || left === undefined) return text('due.none', 0)
  if (left < 0) return text('due.overdue', -left)
  if (due.light === 'red') return text('due.overdueToday', 0)
  return left === 0 ? text('due.today', 0) : text('due.left', left)
}

function text(key: string, n: number): Text {
  return { key, named: { n }, count: n }
}
