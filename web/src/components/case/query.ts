import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
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
