import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import { api, must } from './client'
import type { components } from './schema'

export type Campaign = components['schemas']['Campaign']
export type CampaignUnit = components['schemas']['CampaignUnit']
export type CampaignItem = components['schemas']['CampaignItem']

export const useCampaigns = () => useQuery({ queryKey: ['campaigns'], queryFn: () => must(api.GET('/api/v1/campaigns')) })

export const useCampaign = (id: MaybeRefOrGetter<string>) =>
  useQuery({ queryKey: computed(() => ['campaign', toValue(id)]), queryFn: () => must(api.GET('/api/v1/campaigns/{id}', { params: { path: { id: toValue(id) } } })) })

/** A unit's list; `left`: what is still to be walked; as it was written unless an order is chosen. */
export function useCampaignItems(id: MaybeRefOrGetter<string>, unit: MaybeRefOrGetter<string>, left: MaybeRefOrGetter<boolean>, sort?: MaybeRefOrGetter<string | undefined>) {
  return useInfiniteQuery({
    queryKey: computed(() => ['campaign-items', toValue(id), toValue(unit), toValue(left), toValue(sort) ?? '']),
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/campaigns/{id}/units/{unit}/items', { params: { path: { id: toValue(id), unit: toValue(unit) }, query: { left: toValue(left) || undefined, sort: toValue(sort), cursor: pageParam || undefined, limit: 100 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    retry: 0,
  })
}

export interface WalkFilter {
  unit?: string
  late?: boolean
  substitute?: boolean
}

export function useCampaignWalks(id: MaybeRefOrGetter<string>, filter: MaybeRefOrGetter<WalkFilter>) {
  return useInfiniteQuery({
    queryKey: computed(() => ['walks', toValue(id), toValue(filter)]),
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/campaigns/{id}/walks', { params: { path: { id: toValue(id) }, query: { ...toValue(filter), cursor: pageParam || undefined, limit: 60 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  })
}

export const useCampaignIssues = (id: MaybeRefOrGetter<string>, filter: MaybeRefOrGetter<{ unit?: string; state?: string }>) =>
  useQuery({ queryKey: computed(() => ['campaign-issues', toValue(id), toValue(filter)]), queryFn: () => must(api.GET('/api/v1/campaigns/{id}/issues', { params: { path: { id: toValue(id) }, query: toValue(filter) } })) })

export const useBulletins = (id: MaybeRefOrGetter<string>) =>
  useQuery({ queryKey: computed(() => ['bulletins', toValue(id)]), queryFn: () => must(api.GET('/api/v1/campaigns/{id}/bulletins', { params: { path: { id: toValue(id) } } })) })
