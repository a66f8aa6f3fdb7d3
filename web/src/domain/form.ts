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

/** How long a chain of fields that lean on each other may be. */
const maxRounds = 20

/**
 * What the expressions of a level see, as the server sees it: what is around it, its answers as they will be stored, nothing
 * of what is hidden, and what is computed from them. Conditions and computed fields may lean on each other in any order: they
 * are asked until nothing changes. A level is `this`, the one around it `parent`, and the place of a row, from 1, `i`.
 */
export function scopeOf(components: Component[], data: Data, scope: Data, place?: number): Data {
  const around = { ...scope, parent: scope.this, ...(place === undefined ? {} : { i: place }) }
  const here = (own: Data): Data => ({ ...around, this: own, ...own })
  let own = seen(components, data, here({}), true)
  if (!leaning(components)) return here(own)
  for (let round = 0, last = JSON.stringify(own); round < maxRounds; round++) {
    own = seen(components, data, here(own), false)
    const now = JSON.stringify(own)
    if (now === last) break
    last = now
  }
  return here(own)
}

const leaning = (components: Component[]): boolean => components.some((c) => c.conditional?.hide || isComputed(c) || typeof c.readonly === 'string' || leaning(c.components ?? []))

/** One round: the answers of a level as far as they are shown and computed; of the first round, all of them. */
function seen(components: Component[], data: Data, scope: Data, first: boolean): Data {
  const out: Data = {}
  for (const c of components) {
    const off = !first && hidden(c, scope)
    const path = isComputed(c) ? (c.key?.split('.') ?? []) : steps(c)
    if (c.type === 'group' && !path.length) {
      if (!off) for (const [name, value] of Object.entries(seen(c.components ?? [], data, scope, first))) overlay(out, name, value)
    } else if (path.length) put(out, path, off ? null : isComputed(c) ? (first ? null : (computed(c, scope) ?? null)) : answer(c, read(data, path), scope))
  }
  return out
}

/** Puts what a group without a path holds beside what is there; levels that both have become one. */
function overlay(to: Data, name: string, value: unknown) {
  const plain = (x: unknown): x is Data => typeof x === 'object' && x !== null && !Array.isArray(x)
  const there = to[name]
  if (!plain(value) || !plain(there)) to[name] = value
  else for (const [inner, v] of Object.entries(value)) overlay(there, inner, v)
}

function answer(c: Component, value: unknown, scope: Data): unknown {
  if (c.type === 'group') return scopeOf(c.components ?? [], (value as Data | undefined) ?? {}, scope).this
  if (isRows(c)) return ((value as Data[] | undefined) ?? []).map((row, i) => scopeOf(c.components ?? [], row, scope, i + 1).this)
  if (c.type === 'checkbox') return value === true
  if (blank(value)) return listed(c) || c.type === 'filepicker' ? [] : null
  return c.type === 'number' && typeof value === 'string' ? number(c, value) : value
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
export function collect(components: Component[], data: Data, scope: Data, place?: number): Data {
  return gather(components, data, scopeOf(components, data, scope, place))
}

function gather(components: Component[], data: Data, here: Data): Data {
  const out: Data = {}
  for (const c of components) {
    if (hidden(c, here) || (takesValue(c) && readonly(c, here))) continue
    const path = steps(c)
    if (c.type === 'group') {
      if (path.length) write(out, path, collect(c.components ?? [], (read(data, path) as Data) ?? {}, here))
      else Object.assign(out, gather(c.components ?? [], data, here))
    } else if (isRows(c)) {
      const rows = read(data, path) as Data[] | undefined
      if (rows) write(out, path, rows.map((row, i) => collect(c.components ?? [], row, here, i + 1)))
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
  return c.serializeToString || !numeric.test(text) || text.replace(/\D/g, '').length > 15 ? text : Number(text) // more digits than a number of the browser holds
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
  if ((subtype !== 'datetime' && subtype !== 'time') || !zoned.test(value)) return value
  const at = new Date(subtype === 'time' ? `2000-01-01T${value}` : value)
  if (Number.isNaN(at.valueOf())) return value
  const here = new Date(at.valueOf() + 8 * 3600_000).toISOString()
  return subtype === 'time' ? here.slice(11, 16) : here.slice(0, 16)
}

/** Mistakes by pointer, as the server would find them. */
export function check(components: Component[], data: Data, scope: Data, at = '', place?: number): Map<string, Mistake> {
  return mistakes(components, data, scopeOf(components, data, scope, place), at)
}

function mistakes(components: Component[], data: Data, here: Data, at: string): Map<string, Mistake> {
  const out = new Map<string, Mistake>()
  for (const c of components) {
    if (hidden(c, here) || (takesValue(c) && readonly(c, here))) continue
    const path = steps(c)
    const pointer = [at, ...path].join('/')
    if (c.type === 'group') {
      const inner = path.length ? check(c.components ?? [], (read(data, path) as Data) ?? {}, here, pointer) : mistakes(c.components ?? [], data, here, at)
      inner.forEach((m, p) => out.set(p, m))
    } else if (isRows(c)) {
      const rows = (read(data, path) as Data[] | undefined) ?? []
      rows.forEach((row, i) => check(c.components ?? [], row, here, `${pointer}/${i}`, i + 1).forEach((m, p) => out.set(p, m)))
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
  const { minLength, maxLength = c.type === 'textarea' ? 10_000 : 500, pattern, patternErrorMessage } = c.validate ?? {}
  const length = [...text].length
  if (length > maxLength) return { key: 'form.maxLength', named: { n: maxLength } }
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
