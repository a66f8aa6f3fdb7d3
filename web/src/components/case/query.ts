import { api, must } from '@/api/client'

/** A case as a whole, by the key of its root instance. */
export function caseQuery(key: string) {
  return {
    queryKey: ['case', key],
    queryFn: () => must(api.GET('/api/v1/instances/{key}', { params: { path: { key } } })),
  }
}
