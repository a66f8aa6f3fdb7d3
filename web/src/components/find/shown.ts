import { computed, type ComputedRef, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute } from 'vue-router'
import { useReference } from '@/api/queries'
import { lists, words } from '@/api/shown'

export type ShownName = keyof typeof lists

interface Description {
  columns: readonly string[]
  orders?: readonly string[]
  paged?: boolean
}

/** A column of a list that one answer shows whole: a path into its rows, and how what stands there is read (api/shown.go). */
export function columnOf(column: string) {
  const [plain, how] = column.replace(/#$/, '').split('@') as [string, string | undefined]
  const path = plain.split('.')
  return { path, how, coded: column.endsWith('@'), id: path.map((p, i) => (i ? p[0]!.toUpperCase() + p.slice(1) : p)).join('') }
}

/** The values at a path as text: of people and firms their names, of a list each of its own. */
export function plainValues(at: unknown, path: readonly string[]): string[] {
  if (at === null || at === undefined || at === '') return []
  if (Array.isArray(at)) return at.flatMap((x) => plainValues(x, path))
  if (typeof at !== 'object') return [String(at)]
  const [first, ...rest] = path.length ? path : ['name']
  return plainValues((at as Record<string, unknown>)[first!], rest)
}

const number = /^-?\d{1,15}(\.\d+)?$/
const byValue = (a: string, b: string) => (number.test(a) && number.test(b) ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0)

/** The rows that hold the words and have the chosen codes, in the chosen order; what has no value stands last. */
export function arranged<R>(rows: readonly R[], list: Description, q: Record<string, string | undefined>, unit: (id: string) => string): R[] {
  const sought = (q.q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const columns = list.columns.map(columnOf)
  const left = rows.filter((row) => {
    const said: string[] = []
    for (const c of columns) {
      const value = plainValues(row, c.path).join(' ')
      if (c.coded) {
        if (q[c.id] && q[c.id] !== value) return false
      } else said.push((c.how === 'dept' ? unit(value) : value).toLowerCase())
    }
    return sought.every((w) => said.join('\n').includes(w))
  })
  const order = list.orders?.includes(q.sort ?? '') ? q.sort! : ''
  const by = columns.find((c) => c.id === order.replace(/^-/, ''))
  if (!by) return left
  const of = new Map(left.map((row) => [row, plainValues(row, by.path).join(' ')]))
  return left.sort((a, b) => {
    const [x, y] = [of.get(a)!, of.get(b)!]
    if (!x || !y) return x ? -1 : y ? 1 : 0
    return order.startsWith('-') ? byValue(y, x) : byValue(x, y)
  })
}

export interface Shown<R> {
  list: ShownName
  prefix: string
  rows: ComputedRef<R[]>
  /** how many there are, and how many of them are left */
  all: ComputedRef<number>
  left: ComputedRef<number>
  more: ComputedRef<boolean>
  next: () => void
  /** codes that occur, by the filter that chooses among them */
  choices: ComputedRef<{ id: string; name: string; codes: { code: string; name: string }[] }[]>
  orders: { name: string; title: () => string }[]
}

const step = 100
/** Codes that the sheet's address can hold too. */
const filters = ['state', 'kind', 'partner']

/** A list that one answer shows whole: its words, codes and order stand in the address, under a prefix where a page has several. */
export function useShown<R>(list: ShownName, rows: () => readonly R[] | undefined, prefix = ''): Shown<R> {
  const { locale } = useI18n()
  const route = useRoute()
  const reference = useReference()
  const description: Description = lists[list]
  const said = (key: string) => words[locale.value]?.[key]
  const heads = () => (said(`export.${list}`) ?? '').split('|')
  const unit = (id: string) => {
    const d = reference.data.value?.departments.find((x) => x.id === id)
    return d?.name ?? id
  }
  const asked = (name: string) => (typeof route.query[prefix + name] === 'string' ? (route.query[prefix + name] as string) : undefined)
  const columns = description.columns.map(columnOf)
  const q = computed(() => Object.fromEntries(['q', 'sort', ...filters].map((name) => [name, asked(name)])))
  const whole = computed(() => arranged(rows() ?? [], description, q.value, unit))
  const most = ref(step)
  watch(q, () => (most.value = step))
  return {
    list,
    prefix,
    rows: computed(() => whole.value.slice(0, most.value)),
    all: computed(() => rows()?.length ?? 0),
    left: computed(() => whole.value.length),
    more: computed(() => whole.value.length > most.value),
    next: () => (most.value += step),
    choices: computed(() =>
      columns.flatMap((c, i) => {
        if (!c.coded || !filters.includes(c.id)) return []
        const codes = [...new Set((rows() ?? []).flatMap((row) => plainValues(row, c.path)))].map((code) => ({ code, name: said(`shown.${list}.${c.id}.${code}`) ?? code }))
        return codes.length > 1 || asked(c.id) ? [{ id: c.id, name: heads()[i]!, codes }] : []
      }),
    ),
    orders: (description.orders ?? []).map((name) => ({ name, title: () => heads()[columns.findIndex((c) => c.id === name.replace(/^-/, ''))] ?? '' })),
  }
}
