import type { evaluate as feelEvaluate } from 'feelin'
import { readAmount } from './money'

/**
 * Forms are form-js schemas. We draw them with our own fields: form-js's viewer has English messages
 * only, and knows nothing of problems from the server, drafts, or uploads that become document ids.
 */
export interface Component {
  id: string
  type: string
  key?: string
  path?: string
  label?: string
  text?: string
  description?: string
  subtype?: 'date' | 'time' | 'datetime'
  dateLabel?: string
  disabled?: boolean
  readonly?: boolean | string
  multiple?: boolean
  accept?: string
  decimalDigits?: number
  increment?: number | string
  timeLabel?: string
  timeSerializingFormat?: 'no_timezone' | 'utc_offset' | 'utc_normalized'
  disallowPassedDates?: boolean
  expression?: string
  dataSource?: string
  columns?: { key: string; label: string }[]
  columnsExpression?: string
  source?: string
  alt?: string
  /** html: its content; iframe: its address; iframe, spacer: pixels; documentPreview: its heading */
  content?: string
  url?: string
  height?: number
  title?: string
  /** dynamiclist: how many rows it has, where none may be added and removed */
  defaultRepetitions?: number
  allowAddRemove?: boolean
  appearance?: { prefixAdorner?: string; suffixAdorner?: string }
  serializeToString?: boolean
  defaultValue?: unknown
  values?: { label: string; value: string }[]
  valuesKey?: string
  valuesExpression?: string
  validate?: {
    required?: boolean | string
    minLength?: number
    maxLength?: number
    min?: number | string
    max?: number | string
    pattern?: string
    validationType?: 'custom' | 'email' | 'phone'
    patternErrorMessage?: string
  }
  conditional?: { hide?: string }
  properties?: Record<string, string>
  layout?: { columns?: number | null }
  components?: Component[]
}

export interface Schema {
  id: string
  components: Component[]
}

export type Data = Record<string, unknown>

/** A mistake in one field: a key of the catalogue with its figures, or the form's own words. */
export interface Mistake {
  key: string
  named?: Record<string, string | number>
  text?: string
  /** which of several choices */
  at?: number
}

const numeric = /^-?\d{1,18}(\.\d{1,10})?$/
const inputs = new Set(['textfield', 'textarea', 'number', 'checkbox', 'select', 'radio', 'checklist', 'taglist', 'datetime', 'filepicker'])

export const takesValue = (c: Component) => inputs.has(c.type)
export const isRows = (c: Component) => c.type === 'dynamiclist'

/** Budget lines are edited in the sheet itself: a list whose rows must name a line. */
export const isLineList = (c: Component) => isRows(c) && (c.components ?? []).some((x) => x.key === 'lineNo' && x.validate?.required === true)

/** Where a component's value stands in its level, as steps. */
export function steps(c: Component): string[] {
  const path = takesValue(c) ? c.key : c.path
  return path ? path.split('.') : []
}

export function read(data: Data, path: string[]): unknown {
  return path.reduce<unknown>((at, step) => (at as Data | undefined)?.[step], data)
}

export function write(data: Data, path: string[], value: unknown) {
  const last = path.at(-1)!
  const level = path.slice(0, -1).reduce<Data>((at, step) => (at[step] ??= {}) as Data, data)
  if (value === undefined) delete level[last]
  else level[last] = value
}

/** The form's words in a language: form-js keeps one language, ours has English in `properties`. */
export function words(c: Component, english: boolean) {
  const en = english ? c.properties?.en : undefined
  return {
    label: en ?? c.label ?? c.dateLabel ?? c.timeLabel ?? '',
    text: en ?? c.text ?? '',
    option: (o: { label: string; value: string }) => (english && c.properties?.[`en:${o.value}`]) || o.label,
  }
}

/** Conditions are FEEL. The evaluator is fetched when the first form with a condition is opened. */
let evaluate: typeof feelEvaluate | undefined

export async function loadConditions(schema: Schema | undefined) {
  if (schema && /"hide"|"expression"|"valuesExpression"|"=|\{\{/.test(JSON.stringify(schema))) evaluate ??= (await import('feelin')).evaluate
}

/** The value of a FEEL expression ("=…"); undefined when it cannot be evaluated. */
export function feel(expression: string, scope: Data): unknown {
  try {
    return evaluate?.(expression.replace(/^=/, ''), scope).value
  } catch {
    return undefined
  }
}

export const hidden = (c: Component, scope: Data) => (c.conditional?.hide ? feel(c.conditional.hide, scope) === true : false)

export function required(c: Component, scope: Data): boolean {
  const rule = c.validate?.required
  return typeof rule === 'string' ? feel(rule, scope) === true : rule === true
}

export const readonly = (c: Component, scope: Data) => c.disabled === true || (typeof c.readonly === 'string' ? feel(c.readonly, scope) === true : c.readonly === true)

export function options(c: Component, scope: Data): { label: string; value: string }[] {
  if (c.values) return c.values
  const found = c.valuesExpression ? feel(c.valuesExpression, scope) : c.valuesKey ? read(scope, c.valuesKey.split('.')) : undefined
  if (!Array.isArray(found)) return []
  return found.map((o: unknown) => (typeof o === 'object' && o !== null ? (o as { label: string; value: string }) : { label: String(o), value: String(o) }))
}

/** The answers a form starts with: the given values of its own fields. */
export function start(components: Component[], given: Data): Data {
  const out: Data = {}
  for (const c of components) {
    const path = steps(c)
    if (c.type === 'group') {
      if (path.length) write(out, path, start(c.components ?? [], (read(given, path) as Data) ?? {}))
      else Object.assign(out, start(c.components ?? [], given))
    } else if (takesValue(c) || isRows(c)) {
      const value = read(given, path) ?? (isRows(c) ? beginning(c) : c.defaultValue)
      if (value !== undefined && value !== null) write(out, path, structuredClone(value))
    }
  }
  return out
}

/** The rows of a list that takes no others. One that takes rows begins without: each is added by who has something for it. */
const beginning = (c: Component): Data[] | undefined => (c.allowAddRemove === false && c.defaultRepetitions ? Array.from({ length: c.defaultRepetitions }, () => start(c.components ?? [], {})) : undefined)

/** Ids of the files that a documentPreview shows: its dataSource is a list of ids, or of objects with a documentId. */
export function filesShown(c: Component, scope: Data): string[] {
  const found = c.dataSource ? (c.dataSource.startsWith('=') ? feel(c.dataSource, scope) : read(scope, c.dataSource.split('.'))) : undefined
  const list = Array.isArray(found) ? found : found === undefined || found === null ? [] : [found]
  return list.map((x: unknown) => String(typeof x === 'object' && x !== null ? (x as Data).documentId : x))
}

/** A computed field: shown while people type, and computed again by the server. */
export const isComputed = (c: Component) => c.type === 'expression'
export const computed = (c: Component, scope: Data): unknown => (c.expression ? feel(c.expression, scope) : undefined)

/**
 * What the expressions of a level see: what is around it, its answers as the server will have them (what people type for a
 * number is text until then), and what was computed before.
 */
export function scopeOf(components: Component[], data: Data, scope: Data): Data {
  const here = { ...scope, ...typed(components, data) }
  for (const c of inLevel(components)) if (isComputed(c) && c.key && !hidden(c, here)) put(here, c.key.split('.'), computed(c, here))
  return here
}

/** The components of a level, those of groups without a path among them. */
const inLevel = (components: Component[]): Component[] => components.flatMap((c) => (c.type === 'group' && !c.path ? inLevel(c.components ?? []) : [c]))

function typed(components: Component[], data: Data): Data {
  const out = { ...data }
  for (const c of inLevel(components)) {
    const value = read(data, steps(c))
    if (c.type === 'number' && typeof value === 'string' && value !== '') put(out, steps(c), number(c, value))
    else if (value === undefined && (c.type === 'checkbox' || listed(c))) put(out, steps(c), c.type === 'checkbox' ? false : []) // as it is sent
    else if (c.type === 'group' && typeof value === 'object' && value !== null) put(out, steps(c), typed(c.components ?? [], value as Data))
    else if (isRows(c) && Array.isArray(value)) put(out, steps(c), value.map((row: unknown) => (typeof row === 'object' && row !== null ? typed(c.components ?? [], row as Data) : row)))
  }
  return out
}

/** Writes without touching what others hold: the levels on the way are copied. */
function put(data: Data, path: string[], value: unknown) {
  const [step, ...rest] = path as [string, ...string[]]
  if (!rest.length) data[step] = value
  else put((data[step] = { ...(data[step] as Data) }), rest, value)
}

/** The rows and columns of a table that shows variables. */
export function table(c: Component, scope: Data): { columns: { key: string; label: string }[]; rows: Data[] } {
  const found = c.dataSource ? (c.dataSource.startsWith('=') ? feel(c.dataSource, scope) : read(scope, c.dataSource.split('.'))) : undefined
  const rows = Array.isArray(found) ? (found as Data[]) : []
  const named = c.columnsExpression ? feel(c.columnsExpression, scope) : c.columns
  const columns = Array.isArray(named) ? (named as { key: string; label: string }[]) : Object.keys(rows[0] ?? {}).map((key) => ({ key, label: key }))
  return { columns, rows }
}

const listed = (c: Component) => c.type === 'checklist' || c.type === 'taglist'
const blank = (value: unknown) => value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

/** What is sent: nothing of hidden and read-only fields, no empty answers but false and lists, numbers and moments as the form wants them. */
export function collect(components: Component[], data: Data, scope: Data): Data {
  const out: Data = {}
  const here = scopeOf(components, data, scope)
  for (const c of components) {
    if (hidden(c, here) || (takesValue(c) && readonly(c, here))) continue
    const path = steps(c)
    if (c.type === 'group') {
      const inner = collect(c.components ?? [], path.length ? ((read(data, path) as Data) ?? {}) : data, here)
      if (path.length) write(out, path, inner)
      else Object.assign(out, inner)
    } else if (isRows(c)) {
      const rows = read(data, path) as Data[] | undefined
      if (rows) write(out, path, rows.map((row) => collect(c.components ?? [], row, here)))
    } else if (takesValue(c)) {
      const value = read(data, path)
      if (c.type === 'checkbox') write(out, path, value === true)
      else if (listed(c)) write(out, path, value ?? [])
      else if (!blank(value)) write(out, path, c.type === 'number' ? number(c, value) : c.type === 'datetime' ? moment(c, value) : value)
    }
  }
  return out
}

function number(c: Component, value: unknown): unknown {
  const text = typeof value === 'string' && c.decimalDigits === 2 ? (readAmount(value) ?? value) : String(value)
  return c.serializeToString || !numeric.test(text) ? text : Number(text)
}

const zone = '+08:00'
const zoned = /(Z|[+-]\d\d:\d\d)$/

/** A moment as the form wants its zone; what is typed is in that of the house. */
function moment(c: Component, value: unknown): unknown {
  if (c.subtype !== 'datetime' || typeof value !== 'string' || zoned.test(value)) return value
  if (c.timeSerializingFormat === 'utc_offset') return value + zone
  const at = c.timeSerializingFormat === 'utc_normalized' ? new Date(value + zone) : undefined
  return at && !Number.isNaN(at.valueOf()) ? at.toISOString().slice(0, 16) + 'Z' : value
}

/** What a field for a moment shows of one: in the zone of the house, without naming it. */
export function wall(value: string, subtype: string | undefined): string {
  if (subtype !== 'datetime' || !zoned.test(value)) return value
  const at = new Date(value)
  return Number.isNaN(at.valueOf()) ? value : new Date(at.valueOf() + 8 * 3600_000).toISOString().slice(0, 16)
}

/** Mistakes by pointer, as the server would find them. */
export function check(components: Component[], data: Data, scope: Data, at = ''): Map<string, Mistake> {
  const out = new Map<string, Mistake>()
  const here = scopeOf(components, data, scope)
  for (const c of components) {
    if (hidden(c, here) || (takesValue(c) && readonly(c, here))) continue
    const path = steps(c)
    const pointer = [at, ...path].join('/')
    if (c.type === 'group') {
      const inner = path.length ? ((read(data, path) as Data) ?? {}) : data
      check(c.components ?? [], inner, here, path.length ? pointer : at).forEach((m, p) => out.set(p, m))
    } else if (isRows(c)) {
      const rows = (read(data, path) as Data[] | undefined) ?? []
      rows.forEach((row, i) => check(c.components ?? [], row, here, `${pointer}/${i}`).forEach((m, p) => out.set(p, m)))
    } else if (takesValue(c)) {
      const mistake = checkValue(c, read(data, path), required(c, here), here)
      if (mistake) out.set(mistake.at === undefined ? pointer : `${pointer}/${mistake.at}`, mistake)
    }
  }
  return out
}

function checkValue(c: Component, value: unknown, must: boolean, scope: Data): Mistake | undefined {
  if (blank(value) || (must && c.type === 'checkbox' && value !== true)) return must ? { key: c.type === 'checkbox' ? 'form.mustTick' : 'form.required' } : undefined
  if (c.type === 'number') return checkNumber(c, String(value), scope)
  if (c.type === 'datetime') return checkMoment(c, String(value))
  if (c.type === 'select' || c.type === 'radio' || listed(c)) return checkChoice(c, value, scope)
  return typeof value === 'string' ? checkText(c, value) : undefined
}

/** Values that come from a list of the platform are for the server to know. */
function checkChoice(c: Component, value: unknown, scope: Data): Mistake | undefined {
  if (c.properties?.source) return undefined
  const offered = new Set(options(c, scope).map((o) => o.value))
  if (!Array.isArray(value)) return offered.has(value as string) ? undefined : { key: 'form.option' }
  const at = value.findIndex((v, i) => !offered.has(v as string) || value.indexOf(v) !== i)
  return at < 0 ? undefined : { key: 'form.option', at }
}

const shapes = {
  date: /^\d{4}-\d\d-\d\d$/,
  time: /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z|[+-]\d\d:\d\d)?$/,
  datetime: /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{3})?)?(Z|[+-]\d\d:\d\d)?$/,
}

function checkMoment(c: Component, value: string): Mistake | undefined {
  const subtype = c.subtype ?? 'date'
  const day = value.slice(0, 10)
  if (!shapes[subtype].test(value) || (subtype !== 'time' && new Date(`${day}T00:00Z`).toJSON()?.slice(0, 10) !== day)) return { key: `form.${subtype}` }
  if (!c.disallowPassedDates || subtype === 'time') return undefined
  const now = new Date(Date.now() + 8 * 3600_000).toISOString()
  const past = subtype === 'date' ? day < now.slice(0, 10) : wall(value, 'datetime') < now.slice(0, 16)
  return past ? { key: 'form.past' } : undefined
}

const limit = (bound: number | string | undefined, scope: Data) => (typeof bound === 'string' && bound.startsWith('=') ? feel(bound, scope) : bound)

function checkNumber(c: Component, typed: string, scope: Data): Mistake | undefined {
  const text = c.decimalDigits === 2 ? (readAmount(typed) ?? typed) : typed
  if (!numeric.test(text)) return { key: 'form.number' }
  const places = (text.split('.')[1] ?? '').replace(/0+$/, '').length
  if (c.decimalDigits !== undefined && places > c.decimalDigits) return { key: 'form.decimals', named: { n: c.decimalDigits } }
  const min = limit(c.validate?.min, scope)
  const max = limit(c.validate?.max, scope)
  if (min !== undefined && min !== null && Number(text) < Number(min)) return { key: 'form.min', named: { n: Number(min) } }
  if (max !== undefined && max !== null && Number(text) > Number(max)) return { key: 'form.max', named: { n: Number(max) } }
  return checkStep(Number(c.increment ?? 0), Number(text))
}

/** Steps are counted in whole parts of the tenth decimal: 0.3 is three steps of 0.1. */
function checkStep(step: number, value: number): Mistake | undefined {
  if (!(step > 0)) return undefined
  const steps = Math.round((value / step) * 1e10) / 1e10
  if (Number.isInteger(steps)) return undefined
  const shown = (n: number) => Number((Math.floor(steps + n) * step).toPrecision(12))
  return { key: 'form.step', named: { below: shown(0), above: shown(1) } }
}

const types = { email: /^[^@\s]+@[^@\s]+\.[^@\s]+$/, phone: /^\+?[0-9][0-9 -]{4,18}$/ }

function checkText(c: Component, text: string): Mistake | undefined {
  const { minLength, maxLength, pattern, patternErrorMessage } = c.validate ?? {}
  const length = [...text].length
  if (maxLength !== undefined && length > maxLength) return { key: 'form.maxLength', named: { n: maxLength } }
  if (minLength !== undefined && length < minLength) return { key: 'form.minLength', named: { n: minLength } }
  const type = c.validate?.validationType
  if (!pattern && type && type !== 'custom' && !types[type].test(text)) return { key: 'form.pattern', text: patternErrorMessage }
  if (pattern && !new RegExp(pattern).test(text)) return { key: 'form.pattern', text: patternErrorMessage }
  return undefined
}

/** The component that a value's steps lead to, with the labels of what it stands in. */
export function componentAt(components: Component[], path: string[], english: boolean): { labels: string[]; component?: Component } {
  for (const c of components) {
    const own = steps(c)
    if (c.type === 'group' && own.length === 0) {
      const inner = componentAt(c.components ?? [], path, english)
      if (inner.component) return inner
    }
    if (own.length === 0 || own.some((s, i) => s !== path[i])) continue
    const rest = path.slice(own.length)
    const label = words(c, english).label
    if (rest.length === 0 || isRows(c)) return { labels: [label], component: c }
    const inner = componentAt(c.components ?? [], rest, english)
    if (inner.component) return { labels: [label, ...inner.labels], component: inner.component }
  }
  return { labels: [] }
}
