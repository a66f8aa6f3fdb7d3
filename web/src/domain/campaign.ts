/** A unit of a campaign, as far as its place in the list depends on it. */
export interface UnitRow {
  name: string
  planned: number
  walked: number
  late: number
  complete: boolean
  behind: boolean
  tooManySubst: boolean
  nothingFound: boolean
  workdaysBehind: number
}

export const concerns = ['behind', 'late', 'substitute', 'nothing'] as const
export type Concern = (typeof concerns)[number]

const has: Record<Concern, (u: UnitRow) => boolean> = {
  behind: (u) => u.behind,
  late: (u) => u.late > 0,
  substitute: (u) => u.tooManySubst,
  nothing: (u) => u.nothingFound,
}

export const concerned = <T extends UnitRow>(units: T[], concern: Concern | undefined): T[] => (concern ? units.filter(has[concern]) : units)

/** Whom to urge first: those that will be late, the latest first, then those with most left, complete ones last. */
export function laggardsFirst<T extends UnitRow>(units: T[]): T[] {
  const left = (u: UnitRow) => u.planned - u.walked
  return [...units].sort((a, b) => Number(a.complete) - Number(b.complete) || b.workdaysBehind - a.workdaysBehind || left(b) - left(a) || a.name.localeCompare(b.name, 'zh'))
}
