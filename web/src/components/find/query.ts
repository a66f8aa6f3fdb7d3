import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import { api, must } from '@/api/client'
import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type Hit = Schemas['SearchHit']
export type HitKind = Schemas['HitKind']
export type ListName = Schemas['ListName']
export type SavedView = Schemas['SavedView']

export interface SearchFilter {
  q: string
  kind?: HitKind
  dept?: string[]
}

export const searchFor = (filter: SearchFilter, cursor = '') => must(api.GET('/api/v1/search', { params: { query: { ...filter, cursor: cursor || undefined, limit: 50 } } }))

export const useSearch = (filter: MaybeRefOrGetter<SearchFilter>) =>
  useInfiniteQuery({
    queryKey: computed(() => ['search', toValue(filter)]),
    queryFn: ({ pageParam }) => searchFor(toValue(filter), pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => (toValue(filter).kind ? page.groups[0]?.next : undefined) || undefined,
    enabled: computed(() => toValue(filter).q !== ''),
  })

/** Where the page of a hit is. */
export function pageOf(hit: Hit) {
  switch (hit.kind) {
    case 'project':
      return { name: 'project', params: { code: hit.key } }
    case 'task':
      return { name: 'task', params: { key: hit.key } }
    case 'matter':
      return { name: 'matter', params: { key: hit.key } }
    case 'rectification':
      return { name: 'rectification', params: { no: hit.key } }
    case 'document':
      return hit.project ? { name: 'project', params: { code: hit.project }, hash: '#documents' } : undefined
    case 'item':
      return { name: 'service-items', query: { q: hit.key } }
    default:
      return undefined
  }
}

/** A text in pieces: those that were looked for, and the rest. */
export function pieces(text: string, words: string[]): { text: string; hit: boolean }[] {
  const plain = text.toLowerCase()
  const marks = new Array<boolean>(text.length).fill(false)
  for (const word of words.filter(Boolean))
    for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + 1)) marks.fill(true, at, at + word.length)
  const out: { text: string; hit: boolean }[] = []
  for (let i = 0; i < text.length; i++) {
    const last = out[out.length - 1]
    if (last && last.hit === marks[i]) last.text += text[i]
    else out.push({ text: text[i]!, hit: marks[i]! })
  }
  return out
}

export function useViews(page: ListName) {
  const queries = useQueryClient()
  const again = () => queries.invalidateQueries({ queryKey: ['views', page] })
  return {
    views: useQuery({ queryKey: ['views', page], queryFn: () => must(api.GET('/api/v1/views', { params: { query: { page } } })), staleTime: 60_000 }),
    keep: async (name: string, query: string) => {
      await must(api.POST('/api/v1/views', { body: { page, name, query } }))
      await again()
    },
    drop: async (id: string) => {
      await must(api.DELETE('/api/v1/views/{id}', { params: { path: { id } } }))
      await again()
    },
  }
}
