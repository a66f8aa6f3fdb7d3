import { addDays, halfYear } from './dates'

/** A field of a register, as far as it is entered and shown. */
export interface Field {
  key: string
  type: 'text' | 'textarea' | 'number' | 'date' | 'boolean' | 'select' | 'list' | 'files'
  label: string
  required?: boolean
  computed?: boolean
  masked?: boolean
  sortable?: boolean
  options?: { value: string; label: string }[]
}

/** What stands in the inputs: a text for each field, a boolean for a box. */
export type Entered = Record<string, string | boolean>

/** The inputs as they stand before anything is entered, or for an entry that is edited. */
export function inputsOf(fields: Field[], values: Record<string, unknown> = {}): Entered {
  return Object.fromEntries(fields.filter((f) => !f.computed).map((f) => [f.key, inputOf(f, values[f.key])]))
}

function inputOf(field: Field, value: unknown): string | boolean {
  if (field.type === 'boolean') return value === true
  if (Array.isArray(value)) return value.join(field.type === 'list' ? '\n' : ' ')
  return value === undefined || value === null ? '' : String(value)
}

/**
 * What is sent: empty inputs are left out, lists are parted by lines, 、or ；. Numbers stay texts: the server reads
 * them as people write them. Files are not entered here and stay as they were.
 */
export function bodyOf(fields: Field[], inputs: Entered, was: Record<string, unknown> = {}): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const f of fields) {
    if (f.computed) continue
    const value = inputs[f.key]
    if (f.type === 'files') {
      if (was[f.key] !== undefined) out[f.key] = was[f.key]
    } else if (f.type === 'boolean') {
      if (value === true || was[f.key] !== undefined) out[f.key] = value === true
    } else if (f.type === 'list') {
      const parts = String(value ?? '').split(/[\n、；;]/).map((x) => x.trim()).filter(Boolean)
      if (parts.length) out[f.key] = parts
    } else if (String(value ?? '').trim() !== '') {
      out[f.key] = String(value).trim()
    }
  }
  return out
}

/** A value as it is read in a list; `yes` and `no` are the words of the language. */
export function shownValue(field: Field, value: unknown, words: { yes: string; no: string; comma: string }): string {
  if (value === undefined || value === null || value === '') return ''
  if (field.type === 'boolean') return value === true ? words.yes : words.no
  if (Array.isArray(value)) return value.join(words.comma)
  if (field.type === 'select') return field.options?.find((o) => o.value === value)?.label ?? String(value)
  return String(value)
}

/** What a list is asked for; all of it stands in the page's address. */
export interface Asked {
  from?: string
  to?: string
  state?: 'recorded' | 'verified' | 'void'
  owner?: string
  sort?: string
  total?: string
  filter?: Record<string, string>
}

type Query = Record<string, string | null | (string | null)[] | undefined>

const states = ['recorded', 'verified', 'void']

/** Reads the page's address: `f.<field>` is what a field is filtered by. */
export function askedOf(query: Query): Asked {
  const text = (name: string) => (typeof query[name] === 'string' && query[name] !== '' ? (query[name] as string) : undefined)
  const filter = Object.fromEntries(Object.keys(query).filter((k) => k.startsWith('f.') && text(k)).map((k) => [k.slice(2), text(k)!]))
  const state = text('state')
  return {
    from: text('from'), to: text('to'), owner: text('owner'), sort: text('sort'), total: text('total'),
    state: states.includes(state ?? '') ? (state as Asked['state']) : undefined,
    filter: Object.keys(filter).length ? filter : undefined,
  }
}

/** The page's address of the rows of a total: the server names theirs. */
export function drillOf(rows: string): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(rows.split('?')[1] ?? '')) {
    const field = name.match(/^filter\[(.+)\]$/)?.[1]
    if (field) out[`f.${field}`] = value
    else if (['from', 'to', 'state', 'owner', 'total'].includes(name)) out[name] = value
  }
  return out
}

/** Totals that were parted by a field: a row for each group, a total for each column. */
export function partsOf<T extends { id: string; group?: string }>(items: T[]): { group: string; totals: Record<string, T> }[] {
  const out = new Map<string, Record<string, T>>()
  for (const x of items) out.set(x.group ?? '', { ...out.get(x.group ?? ''), [x.id]: x })
  return [...out].map(([group, totals]) => ({ group, totals }))
}

/** The address of an export of what the list shows. */
export function exportOf(path: string, asked: Asked): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(asked)) if (typeof value === 'string' && name !== 'total') query.set(name, value)
  for (const [field, value] of Object.entries(asked.filter ?? {})) query.set(`filter[${field}]`, value)
  const text = query.toString()
  return text ? `${path}?${text}` : path
}

/** Periods that one presses for: this month, this quarter, this half year. */
export function periods(today: string): { id: 'month' | 'quarter' | 'half'; from: string; to: string }[] {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))]
  const first = (m: number) => `${year + Math.floor((m - 1) / 12)}-${String(((m - 1) % 12) + 1).padStart(2, '0')}-01`
  const span = (from: number, months: number) => ({ from: first(from), to: addDays(first(from + months), -1) })
  return [{ id: 'month', ...span(month, 1) }, { id: 'quarter', ...span(month - ((month - 1) % 3), 3) }, { id: 'half', ...halfYear(today) }]
}

/** Fields that a list shows: those of the definition first, then what fits, never the files. */
export function columnsOf(fields: Field[], first: string[], most = 8): Field[] {
  const named = first.map((key) => fields.find((f) => f.key === key)).filter((f) => f !== undefined)
  const rest = fields.filter((f) => !named.includes(f) && f.type !== 'files' && !f.computed)
  return [...named, ...rest].slice(0, most)
}
