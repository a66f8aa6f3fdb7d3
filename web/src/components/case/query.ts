import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import { api, must } from '@/api/client'
import { useSession } from '@/stores/session'

/** A case as a whole, by the key of its root instance. */
export function caseQuery(key: string) {
  return {
    queryKey: ['case', key],
    queryFn: () => must(api.GET('/api/v1/instances/{key}', { params: { path: { key } } })),
  }
}

/** What others asked for and I may confirm or refuse. */
export function useConfirmations() {
  const query = useQuery({ queryKey: ['confirmations'], enabled: useSession().may('task.work'), queryFn: () => must(api.GET('/api/v1/confirmations')) })
  return computed(() => query.data.value?.items.filter((c) => c.mayConfirm) ?? [])
}

/** Filters of the search of cases, as they stand in the address. */
export interface CaseFilter {
  process?: string
  version?: number
  state?: 'running' | 'suspended' | 'ended'
  element?: string
  key?: string
  person?: string
  days?: number
  incident?: boolean
  sort?: string
}

export const useCases = (filter: MaybeRefOrGetter<CaseFilter>) =>
  useInfiniteQuery({
    queryKey: computed(() => ['cases', toValue(filter)]),
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/cases', { params: { query: { ...toValue(filter), cursor: pageParam || undefined, limit: 60 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  })

export const useElementCounts = () => useQuery({ queryKey: ['cases', 'elements'], queryFn: () => must(api.GET('/api/v1/cases/elements')) })

/** What who operates a case needs beside its diagram. */
export const useOperation = (key: MaybeRefOrGetter<string>) =>
  useQuery({ queryKey: computed(() => ['case', toValue(key), 'operation']), queryFn: () => must(api.GET('/api/v1/instances/{key}/operation', { params: { path: { key: toValue(key) } } })) })
