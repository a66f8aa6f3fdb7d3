import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import { api, must } from './client'
import type { components } from './schema'

export type Plan = components['schemas']['Plan']
export type PoolEntry = components['schemas']['PoolEntry']

/** The plan of a year; null where the year has not been called. */
export function usePlan(year: MaybeRefOrGetter<number>, on: MaybeRefOrGetter<boolean>) {
  return useQuery({
    queryKey: computed(() => ['plan', 'year', toValue(year)]),
    enabled: computed(() => toValue(on)),
    queryFn: async () => {
      const called = await must(api.GET('/api/v1/plans')) // a year that is not called has no page to ask for
      if (!called.items.some((p) => p.fiscalYear === toValue(year))) return null
      return must(api.GET('/api/v1/plans/{year}', { params: { path: { year: toValue(year) } } }))
    },
  })
}
