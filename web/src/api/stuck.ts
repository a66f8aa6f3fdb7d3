import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import { api, must } from './client'
import type { components } from './schema'

export type StuckReport = components['schemas']['StuckReport']
export type StuckInput = components['schemas']['StuckInput']
export type StuckCategory = components['schemas']['StuckCategory']

export interface StuckFilter {
  open?: boolean
  kind?: 'CONSULT' | 'CASE' | 'OUT'
  q?: string
  sort?: string
}

export const useStuck = (filter: MaybeRefOrGetter<StuckFilter>) =>
  useInfiniteQuery({
    queryKey: computed(() => ['stuck', toValue(filter)]),
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/stuck-cases', { params: { query: { ...toValue(filter), cursor: pageParam || undefined, limit: 100 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  })

export const useStuckCase = (no: MaybeRefOrGetter<string>) =>
  useQuery({ queryKey: computed(() => ['stuck-case', toValue(no)]), enabled: computed(() => toValue(no) !== ''), queryFn: () => must(api.GET('/api/v1/stuck-cases/{no}', { params: { path: { no: toValue(no) } } })) })

/** What is to be done with a report, before it is kept (W05, W06). */
export const useStuckScope = (category: MaybeRefOrGetter<StuckCategory | ''>, visits: MaybeRefOrGetter<number>) =>
  useQuery({
    queryKey: computed(() => ['stuck-scope', toValue(category), toValue(visits)]),
    enabled: computed(() => toValue(category) !== ''),
    queryFn: () => must(api.GET('/api/v1/stuck-cases/scope', { params: { query: { category: toValue(category) as StuckCategory, visits: toValue(visits) } } })),
    placeholderData: keepPreviousData,
  })
