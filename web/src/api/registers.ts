import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import type { Asked } from '@/domain/register'
import { api, must } from './client'
import type { components } from './schema'

export type Register = components['schemas']['Register']
export type Entry = components['schemas']['RegisterEntry']
export type SheetImport = components['schemas']['RegisterImport']

export const useRegisters = () => useQuery({ queryKey: ['registers'], queryFn: () => must(api.GET('/api/v1/registers')) })

export const useRegister = (id: MaybeRefOrGetter<string>) =>
  useQuery({ queryKey: computed(() => ['register', toValue(id)]), queryFn: () => must(api.GET('/api/v1/registers/{id}', { params: { path: { id: toValue(id) } } })) })

export function useEntries(id: MaybeRefOrGetter<string>, asked: MaybeRefOrGetter<Asked>) {
  return useInfiniteQuery({
    queryKey: computed(() => ['entries', toValue(id), toValue(asked)]),
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/registers/{id}/entries', { params: { path: { id: toValue(id) }, query: { ...toValue(asked), cursor: pageParam || undefined, limit: 60 } as never } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  })
}

/** The totals of a period; `by` parts them by a field. */
export function useRegisterTotals(id: MaybeRefOrGetter<string>, period: MaybeRefOrGetter<{ from?: string; to?: string }>, by: MaybeRefOrGetter<string | undefined> = undefined) {
  return useQuery({
    queryKey: computed(() => ['register-totals', toValue(id), toValue(period).from, toValue(period).to, toValue(by)]),
    queryFn: () => must(api.GET('/api/v1/registers/{id}/totals', { params: { path: { id: toValue(id) }, query: { from: toValue(period).from, to: toValue(period).to, by: toValue(by) } } })),
    placeholderData: keepPreviousData,
  })
}

export function useEntry(id: string, entry: MaybeRefOrGetter<string>) {
  return useQuery({ queryKey: computed(() => ['entry', id, toValue(entry)]), queryFn: () => must(api.GET('/api/v1/registers/{id}/entries/{entry}', { params: { path: { id, entry: toValue(entry) } } })) })
}

/** Sends a sheet, to be looked at or to be taken in. */
export function sendSheet(path: string, file: File, preview: boolean, key: string): Promise<SheetImport> {
  const form = new FormData()
  form.set('file', file)
  return must(
    api.POST(path as '/api/v1/service-items/import', {
      params: { query: { preview }, header: { 'Idempotency-Key': key } as never },
      body: form as never, // the generated type says what the fields are, FormData carries them
      bodySerializer: (body: unknown) => body as FormData,
    }),
  )
}
