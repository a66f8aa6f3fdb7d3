/** A walk as it goes, on a phone: kept in the browser from the first tap until the server has it. */

export interface Guide {
  materials: string[]
  steps: string[]
  visits: number
  promisedDays: number
  guideVersion?: string
}

export interface Step {
  name: string
  /** when it began, ISO; what was waited is counted from here until it is set by hand */
  startedAt: string
  waitMinutes?: number
  materials: string[]
  visits: number
}

export interface Finding {
  title: string
  description: string
  kind: string
  severity: string
  ownerUnit: string
}

export interface WalkDraft {
  campaign: string
  unit: string
  item: string
  itemName: string
  guide: Guide
  role: string
  channel: string
  on: string
  steps: Step[]
  result: string
  ticketNo: string
  noIssue: string
  issues: Finding[]
  whyNot: string
}

export const roles = ['群众', '企业'] as const
export const channels = ['window', 'online', 'app', 'selfService'] as const
export const results = ['办成', '未办成'] as const

export function newWalk(campaign: string, item: { unit: string; item: string; name: string } & Guide, on: string): WalkDraft {
  const { unit, item: code, name, materials, steps, visits, promisedDays, guideVersion } = item
  return { campaign, unit, item: code, itemName: name, guide: { materials, steps, visits, promisedDays, guideVersion }, role: '', channel: '', on, steps: [], result: '', ticketNo: '', noIssue: '', issues: [], whyNot: '' }
}

/** Whole minutes that a step has taken by `now`. */
export function waited(step: Step, now: string): number {
  return step.waitMinutes ?? Math.max(0, Math.floor((Date.parse(now) - Date.parse(step.startedAt)) / 60_000))
}

/** Ends the present step, if there is one, and begins the next: the guide's, or one that it does not have. */
export function nextStep(walk: WalkDraft, now: string, name?: string): WalkDraft {
  const ended = walk.steps.map((s) => ({ ...s, waitMinutes: waited(s, now) }))
  return { ...walk, steps: [...ended, { name: name ?? walk.guide.steps[ended.length] ?? '', startedAt: now, materials: [], visits: 0 }] }
}

/** Ends the last step. */
export const endSteps = (walk: WalkDraft, now: string): WalkDraft => ({ ...walk, steps: walk.steps.map((s) => ({ ...s, waitMinutes: waited(s, now) })) })

/** What the walk met beside what the guide says: materials and steps that it does not have, visits, minutes. */
export function beside(walk: WalkDraft) {
  const asked = [...new Set(walk.steps.flatMap((s) => s.materials.map((m) => m.trim())).filter(Boolean))]
  const extra = asked.filter((m) => !walk.guide.materials.includes(m))
  return {
    materials: walk.guide.materials.length + extra.length,
    extra,
    steps: walk.steps.length,
    extraSteps: walk.guide.steps.length ? Math.max(walk.steps.length - walk.guide.steps.length, 0) : 0,
    visits: Math.max(walk.steps.reduce((n, s) => n + s.visits, 0), 1),
    minutes: walk.steps.reduce((n, s) => n + (s.waitMinutes ?? 0), 0),
  }
}

export type Missing = 'role' | 'channel' | 'steps' | 'stepName' | 'result' | 'proof' | 'issues' | 'finding' | 'whyNot'

/** What still keeps a walk from being handed in; the server says the same. */
export function missing(walk: WalkDraft, substitute: boolean): Missing[] {
  const long = (text: string) => [...text.trim()].length >= 5
  return (
    [
      ['role', Boolean(walk.role)],
      ['channel', Boolean(walk.channel)],
      ['steps', walk.steps.length > 0],
      ['stepName', walk.steps.every((s) => s.name.trim() !== '')],
      ['result', Boolean(walk.result)],
      ['proof', walk.ticketNo.trim() !== ''],
      ['issues', walk.issues.length > 0 || long(walk.noIssue)],
      ['finding', walk.issues.every((i) => i.title.trim() && i.kind && i.severity && i.ownerUnit)],
      ['whyNot', !substitute || long(walk.whyNot)],
    ] as [Missing, boolean][]
  )
    .filter(([, fine]) => !fine)
    .map(([what]) => what)
}

/** What is handed in. */
export function walkInput(walk: WalkDraft, substitute: boolean) {
  return {
    campaign: walk.campaign,
    item: walk.item,
    role: walk.role,
    channel: walk.channel,
    on: walk.on,
    guideVersion: walk.guide.guideVersion || undefined,
    steps: walk.steps.map((s) => ({ name: s.name.trim(), waitMinutes: s.waitMinutes ?? 0, materials: s.materials, visits: s.visits })),
    result: walk.result,
    ticketNo: walk.ticketNo.trim(),
    noIssue: walk.issues.length ? undefined : walk.noIssue.trim(),
    issues: walk.issues.map((i) => ({ ...i, title: i.title.trim(), description: i.description.trim() || i.title.trim() })),
    whyNot: substitute ? walk.whyNot.trim() : undefined,
  }
}

/** A walk that waits for the network. Its key stays the same however often it is sent, so that it is recorded once. */
export interface Waiting {
  key: string
  walk: WalkDraft
  substitute: boolean
  keptAt: string
  /** why the server refused it: a person must look */
  refused?: string
}

export interface Shelf {
  read: () => string | null
  write: (text: string) => void
}

/** The walks that wait, on a shelf that outlives the page. */
export function waitingWalks(shelf: Shelf) {
  const all = (): Waiting[] => {
    try {
      const kept: unknown = JSON.parse(shelf.read() ?? '[]')
      return Array.isArray(kept) ? (kept as Waiting[]) : []
    } catch {
      return []
    }
  }
  const write = (list: Waiting[]) => shelf.write(JSON.stringify(list))
  return {
    all,
    put: (w: Waiting) => write([...all().filter((x) => x.key !== w.key), w]),
    drop: (key: string) => write(all().filter((x) => x.key !== key)),
  }
}

export type Outcome = { sent: true } | { sent: false; passing: boolean; why: string }

/**
 * Sends what waits, one after the other, oldest first. What the server has taken goes; what it refused stays with the
 * reason and is not sent again by itself; without an answer everything stays as it is. Returns how many were taken.
 */
export async function sendWaiting(waiting: ReturnType<typeof waitingWalks>, send: (w: Waiting) => Promise<Outcome>): Promise<number> {
  let taken = 0
  for (const w of waiting.all().filter((x) => !x.refused)) {
    const outcome = await send(w)
    if (outcome.sent) {
      waiting.drop(w.key)
      taken++
    } else if (outcome.passing) {
      break
    } else {
      waiting.put({ ...w, refused: outcome.why })
    }
  }
  return taken
}
