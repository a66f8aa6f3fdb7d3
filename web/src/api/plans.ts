import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import { api, must } from './client'
import type { components } from './schema'

export type Plan = components['schemas']['Plan']
export type PoolEntry = components['schemas']['PoolEntry']

/** The plan of a year; where the year has not been called, UNCALLED with its urgent entries. */
export function usePlan(year: MaybeRefOrGetter<number>, on: MaybeRefOrGetter<boolean>) {
  return useQuery({
    queryKey: computed(() => ['plan', 'year', toValue(year)]),
    enabled: computed(() => toValue(on)),
    queryFn: () => must(api.GET('/api/v1/plans/{year}', { params: { path: { year: toValue(year) } } })),
  })
}
