/** Contents that were changed in two places: what differs, what became of each, and one content of both. */

export type Json = Record<string, unknown>
export type Side = 'here' | 'there'

/** One value that stands differently in two places. */
export interface Difference {
  /** steps joined by /; a row of a list that names budget lines is the step #lineNo */
  pointer: string
  here: unknown
  there: unknown
  /** the side that has changed it since both were the same; none when both have, or nobody knows */
  suggested?: Side
}

/** A copy of our own. What the query cache holds can be read only, and structuredClone refuses its proxies. */
export function clone<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T)
}

/** Equal as content: the order of members and empty answers do not count. */
export const same = (a: unknown, b: unknown): boolean => text(a) === text(b)

const none = (v: unknown) => v === undefined || v === null || v === '' || (Array.isArray(v) && v.length === 0)
const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v)

function text(value: unknown): string {
  if (none(value)) return ''
  if (Array.isArray(value)) return `[${value.map(text).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.keys(value).sort().flatMap((k) => (text(value[k]) ? [`${JSON.stringify(k)}:${text(value[k])}`] : []))
  return members.length ? `{${members.join(',')}}` : ''
}

const byLine = (v: unknown): v is Json[] => Array.isArray(v) && v.length > 0 && v.every((row) => isObject(row) && row.lineNo !== undefined)

/** The values of a content by pointer. A list is one value, unless its rows name budget lines. */
function values(content: unknown, at = '', out = new Map<string, unknown>()): Map<string, unknown> {
  if (isObject(content)) for (const [k, v] of Object.entries(content)) values(v, `${at}/${k}`, out)
  else if (byLine(content)) for (const row of content) out.set(`${at}/#${String(row.lineNo)}`, row)
  else if (!none(content)) out.set(at, content)
  return out
}

/** What differs between here and there; `before` is what both were made from, if that is known. */
export function differences(before: Json | undefined, here: Json, there: Json): Difference[] {
  const [b, h, t] = [before && values(before), values(here), values(there)]
  const out: Difference[] = []
  for (const pointer of new Set([...h.keys(), ...t.keys()])) {
    const [mine, theirs] = [h.get(pointer), t.get(pointer)]
    if (same(mine, theirs)) continue
    const suggested = !b ? undefined : same(mine, b.get(pointer)) ? 'there' : same(theirs, b.get(pointer)) ? 'here' : undefined
    out.push({ pointer, here: mine, there: theirs, suggested })
  }
  return out
}

/** A copy of the content in which the chosen differences stand as they do there. */
export function taking(content: Json, chosen: Difference[]): Json {
  const out = clone(content)
  for (const d of chosen) put(out, d.pointer.split('/').slice(1), clone(d.there))
  return out
}

function put(level: Json, path: string[], value: unknown): void {
  const [step, next] = [path[0]!, path[1]]
  if (next?.startsWith('#')) return putRow(level, step, Number(next.slice(1)), value)
  if (path.length > 1) return put((level[step] ??= {}) as Json, path.slice(1), value)
  if (value === undefined) delete level[step]
  else level[step] = value
}

function putRow(level: Json, list: string, line: number, row: unknown) {
  const left = ((level[list] as Json[] | undefined) ?? []).filter((r) => Number(r.lineNo) !== line)
  const rows = (row === undefined ? left : [...left, row as Json]).sort((a, b) => Number(a.lineNo) - Number(b.lineNo))
  if (rows.length) level[list] = rows
  else delete level[list]
}
