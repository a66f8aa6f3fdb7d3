import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import { api, must } from './client'
import type { Light, Paper, Stage } from './types'

const hour = 3_600_000

export function useReference() {
  return useQuery({ queryKey: ['reference'], queryFn: () => must(api.GET('/api/v1/reference')), staleTime: hour })
}

export interface TaskFilter {
  scope: 'open' | 'mine' | 'claimable' | 'done' | 'cc'
  light?: Light
  element?: string
  dept?: string
  q?: string
  sort?: string
}

export function useTasks(filter: MaybeRefOrGetter<TaskFilter>) {
  return useInfiniteQuery({
    queryKey: computed(() => ['tasks', toValue(filter)]),
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/tasks', { params: { query: { ...toValue(filter), cursor: pageParam || undefined, limit: 60 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  })
}

export function taskQuery(key: string) {
  return {
    queryKey: ['task', key],
    queryFn: () => must(api.GET('/api/v1/tasks/{key}', { params: { path: { key } } })),
  }
}

export function useTask(key: MaybeRefOrGetter<string>) {
  return useQuery(computed(() => ({ ...taskQuery(toValue(key)), enabled: toValue(key) !== '' })))
}

export interface ProjectFilter {
  q?: string
  stage?: Stage[]
  dept?: string
  year?: number
  sort?: string
}

export function useProjects(filter: MaybeRefOrGetter<ProjectFilter>) {
  return useInfiniteQuery({
    queryKey: computed(() => ['projects', toValue(filter)]),
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/projects', { params: { query: { ...toValue(filter), cursor: pageParam || undefined, limit: 60 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  })
}

/** What the projects of a filter amount to. */
export const usePortfolio = (filter: MaybeRefOrGetter<ProjectFilter>) =>
  useQuery({ queryKey: computed(() => ['projects', 'sums', toValue(filter)]), queryFn: () => must(api.GET('/api/v1/portfolio', { params: { query: toValue(filter) } })), placeholderData: keepPreviousData })

type Code = MaybeRefOrGetter<string | undefined>

/** A query about one project; idle while there is no code. */
function about<T>(root: string, code: Code, fetch: (code: string) => Promise<T>) {
  return useQuery({
    queryKey: computed(() => [root, toValue(code)]),
    queryFn: () => fetch(toValue(code)!),
    enabled: computed(() => Boolean(toValue(code))),
  })
}

const path = (code: string) => ({ params: { path: { code } } })

export const useProject = (code: Code) => about('project', code, (c) => must(api.GET('/api/v1/projects/{code}', path(c))))
/** What the rules of a check point say of a project as it stands. */
export function useChecks(point: MaybeRefOrGetter<string>, code: Code, kind: MaybeRefOrGetter<'project' | 'rectification'> = 'project') {
  return useQuery({
    queryKey: computed(() => ['checks', toValue(point), toValue(kind), toValue(code)]),
    queryFn: () => must(api.GET('/api/v1/checks/{point}/{kind}/{id}', { params: { path: { point: toValue(point), kind: toValue(kind), id: toValue(code)! } } })),
    enabled: computed(() => Boolean(toValue(code) && toValue(point))),
  })
}
export const useLedger = (code: Code) => about('ledger', code, (c) => must(api.GET('/api/v1/projects/{code}/ledger', path(c))))
/** How a project is built and accepted. */
export const useCourse = (code: Code) => about('course', code, (c) => must(api.GET('/api/v1/projects/{code}/course', path(c))))
/** What a project buys: packages with award, contract, terms and payments. */
export const usePackages = (code: Code) => about('packages', code, (c) => must(api.GET('/api/v1/projects/{code}/packages', path(c))))
/** The changes of a project's contracts, and the baselines that they made. */
export const useChanges = (code: Code) => about('changes', code, (c) => must(api.GET('/api/v1/projects/{code}/changes', path(c))))
export const useDiagram = (code: Code) => about('diagram', code, (c) => must(api.GET('/api/v1/projects/{code}/diagram', path(c))))
export const usePaper = (id: MaybeRefOrGetter<string>) =>
  useQuery({ queryKey: computed(() => ['documents', 'paper', toValue(id)]), queryFn: () => must(api.GET('/api/v1/documents/{id}', { params: { path: { id: toValue(id) } } })) as Promise<Paper> })
/** Files of a finding. */
export const useEvidence = (no: Code) => about('evidence', no, (n) => must(api.GET('/api/v1/rectifications/{no}/documents', { params: { path: { no: n } } })))
export const useDocuments = (code: Code) => about('documents', code, (c) => must(api.GET('/api/v1/projects/{code}/documents', path(c))))

export function useTimeline(code: Code) {
  return useInfiniteQuery({
    queryKey: computed(() => ['timeline', toValue(code)]),
    queryFn: ({ pageParam }) =>
      must(api.GET('/api/v1/projects/{code}/timeline', { params: { path: { code: toValue(code)! }, query: { cursor: pageParam || undefined, limit: 12 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    enabled: computed(() => Boolean(toValue(code))),
  })
}

export function useRectifications(filter: MaybeRefOrGetter<{ project?: string; dept?: string; show?: 'overdue' | 'mine' | 'returned'; sort?: string }>) {
  return useInfiniteQuery({
    queryKey: computed(() => ['rectifications', toValue(filter)]),
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/rectifications', { params: { query: { ...toValue(filter), cursor: pageParam || undefined, limit: 200 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  })
}

export const useRectification = (no: Code) =>
  about('rectification', no, (n) => must(api.GET('/api/v1/rectifications/{no}', { params: { path: { no: n } } })))

export const useRectificationDiagram = (no: Code) =>
  about('diagram', no, (n) => must(api.GET('/api/v1/rectifications/{no}/diagram', { params: { path: { no: n } } })))

/** Reads again whatever an act of mine may have changed. */
export function useRefresh() {
  const queries = useQueryClient()
  return (...roots: [string, ...string[]]) => Promise.all(roots.map((root) => queries.invalidateQueries({ queryKey: [root] })))
}
