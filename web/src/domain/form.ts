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
    label: en ?? c.label ?? c.dateLabel ?? '',
    text: en ?? c.text ?? '',
    option: (o: { label: string; value: string }) => (english && c.properties?.[`en:${o.value}`]) || o.label,
  }
}

/** Conditions are FEEL. The evaluator is fetched when the first form with a condition is opened. */
let evaluate: typeof feelEvaluate | undefined

export async function loadConditions(schema: Schema | undefined) {
  if (schema && /"hide"|"=/.test(JSON.stringify(schema))) evaluate ??= (await import('feelin')).evaluate
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

/** {{path}} in a text, from the scope. Anything that is not there becomes a dash. */
export function fill(text: string, scope: Data, show: (value: unknown, path: string) => string): string {
  return text.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, path: string) => {
    const value = read(scope, path.split('.'))
    return value === undefined || value === null ? '—' : show(value, path)
  })
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
      const value = read(given, path) ?? c.defaultValue
      if (value !== undefined && value !== null) write(out, path, structuredClone(value))
    }
  }
  return out
}

const blank = (value: unknown) => value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

/** What is sent: no empty answers, nothing of hidden fields, numbers as the form wants them. */
export function collect(components: Component[], data: Data, scope: Data): Data {
  const out: Data = {}
  for (const c of components) {
    if (hidden(c, { ...scope, ...data })) continue
    const path = steps(c)
    if (c.type === 'group') {
      const inner = collect(c.components ?? [], path.length ? ((read(data, path) as Data) ?? {}) : data, scope)
      if (path.length) write(out, path, inner)
      else Object.assign(out, inner)
    } else if (isRows(c)) {
      const rows = (read(data, path) as Data[] | undefined) ?? []
      if (rows.length) write(out, path, rows.map((row) => collect(c.components ?? [], row, { ...scope, ...data })))
    } else if (takesValue(c)) {
      const value = read(data, path)
      if (!blank(value)) write(out, path, c.type === 'number' ? number(c, value) : value)
    }
  }
  return out
}

function number(c: Component, value: unknown): unknown {
  const text = typeof value === 'string' && c.decimalDigits === 2 ? (readAmount(value) ?? value) : String(value)
  return c.serializeToString || !numeric.test(text) ? text : Number(text)
}

/** Mistakes by pointer, as the server would find them. */
export function check(components: Component[], data: Data, scope: Data, at = ''): Map<string, Mistake> {
  const out = new Map<string, Mistake>()
  for (const c of components) {
    const here = { ...scope, ...data }
    if (hidden(c, here)) continue
    const path = steps(c)
    const pointer = [at, ...path].join('/')
    if (c.type === 'group') {
      const inner = path.length ? ((read(data, path) as Data) ?? {}) : data
      check(c.components ?? [], inner, scope, path.length ? pointer : at).forEach((m, p) => out.set(p, m))
    } else if (isRows(c)) {
      const rows = (read(data, path) as Data[] | undefined) ?? []
      rows.forEach((row, i) => check(c.components ?? [], row, here, `${pointer}/${i}`).forEach((m, p) => out.set(p, m)))
    } else if (takesValue(c)) {
      const mistake = checkValue(c, read(data, path), required(c, here))
      if (mistake) out.set(pointer, mistake)
    }
  }
  return out
}

function checkValue(c: Component, value: unknown, must: boolean): Mistake | undefined {
  if (blank(value) || (must && c.type === 'checkbox' && value !== true)) return must ? { key: c.type === 'checkbox' ? 'form.mustTick' : 'form.required' } : undefined
  return c.type === 'number' ? checkNumber(c, String(value)) : typeof value === 'string' ? checkText(c, value) : undefined
}

function checkNumber(c: Component, typed: string): Mistake | undefined {
  const text = c.decimalDigits === 2 ? (readAmount(typed) ?? typed) : typed
  if (!numeric.test(text)) return { key: 'form.number' }
  const places = (text.split('.')[1] ?? '').replace(/0+$/, '').length
  if (c.decimalDigits !== undefined && places > c.decimalDigits) return { key: 'form.decimals', named: { n: c.decimalDigits } }
  const { min, max } = c.validate ?? {}
  if (min !== undefined && Number(text) < Number(min)) return { key: 'form.min', named: { n: min } }
  if (max !== undefined && Number(text) > Number(max)) return { key: 'form.max', named: { n: max } }
  return undefined
}

function checkText(c: Component, text: string): Mistake | undefined {
  const { minLength, maxLength, pattern, patternErrorMessage } = c.validate ?? {}
  const length = [...text].length
  if (maxLength !== undefined && length > maxLength) return { key: 'form.maxLength', named: { n: maxLength } }
  if (minLength !== undefined && length < minLength) return { key: 'form.minLength', named: { n: minLength } }
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
