import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import { api, must } from './client'
import type { components } from './schema'

export type ServiceItem = components['schemas']['ServiceItem']

export interface ServiceFilter {
  q?: string
  unit?: string
  kind?: string
  on?: string
  instant?: boolean
  ended?: boolean
  sort?: string
}

export function useServiceItems(filter: MaybeRefOrGetter<ServiceFilter>) {
  return useInfiniteQuery({
    queryKey: computed(() => ['service-items', toValue(filter)]),
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/service-items', { params: { query: { ...toValue(filter), cursor: pageParam || undefined, limit: 60 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  })
}

export const useServiceItem = (code: MaybeRefOrGetter<string>) =>
  useQuery({ queryKey: computed(() => ['service-item', toValue(code)]), queryFn: () => must(api.GET('/api/v1/service-items/{code}', { params: { path: { code: toValue(code) } } })) })

export const useServiceFigures = (on: MaybeRefOrGetter<string | undefined>) =>
  useQuery({ queryKey: computed(() => ['service-figures', toValue(on)]), queryFn: () => must(api.GET('/api/v1/service-items/figures', { params: { query: { on: toValue(on) } } })) })
