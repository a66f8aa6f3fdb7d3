import { useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import { api, must } from '@/api/client'
import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type MatterSummary = Schemas['MatterSummary']
export type MatterDetail = Schemas['MatterDetail']
export type StartDraft = Schemas['StartDraft']
export type MatterScope = 'begun' | 'followed' | 'copied'

export const useProcesses = () => useQuery({ queryKey: ['processes'], queryFn: () => must(api.GET('/api/v1/processes')), staleTime: 60_000 })

export const useStartDrafts = () => useQuery({ queryKey: ['drafts'], queryFn: () => must(api.GET('/api/v1/drafts')) })

export const useMatters = (filter: MaybeRefOrGetter<{ scope: MatterScope; state?: 'running' | 'ended'; sort?: string }>) =>
  useInfiniteQuery({
    queryKey: computed(() => ['matters', toValue(filter)]),
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/matters', { params: { query: { ...toValue(filter), limit: 50, cursor: pageParam || undefined } } })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next || undefined,
  })

export const useMatter = (key: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['matter', toValue(key)]),
    queryFn: () => must(api.GET('/api/v1/instances/{key}/matter', { params: { path: { key: toValue(key) } } })),
  })

export const useMatterDiagram = (key: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['diagram', 'case', toValue(key)]),
    queryFn: () => must(api.GET('/api/v1/instances/{key}/diagram', { params: { path: { key: toValue(key) } } })),
  })
