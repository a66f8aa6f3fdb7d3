import { computed, type Ref } from 'vue'
import { api, must } from '@/api/client'
import type { Draft } from '@/api/types'
import { clone, type Json, same } from '@/domain/merge'
import { type Keeping, readKept, type Stand, useKeeper } from './keeper'

/** What somebody typed for a task and has not sent. */
export interface Typed {
  data: Record<string, unknown>
  opinion: string
  reason: string
}

type Content = Typed & Json

const storageKey = (person: string, task: string) => `qc.draft.${person}.${task}`

/** What the former release kept: the words themselves, a moment of this browser's clock, and no revision. */
const former: Keeping<Content>['former'] = (kept) =>
  typeof kept.data === 'object' && kept.data
    ? { content: { data: kept.data as Json, opinion: String(kept.opinion ?? ''), reason: String(kept.reason ?? '') }, at: kept.at as string | undefined, unsent: kept.unsent === true }
    : undefined

export const keptOf = (person: string, task: string) => readKept<Content>(storageKey(person, task), former)

/**
 * Keeps what is typed for one task. `blank` is what the form starts with; a draft equal to it is none. Nothing is
 * shown before open().
 */
export function useDraft(person: string, task: string, typed: Ref<Typed>, blank: Typed) {
  const contentOf = (d: Draft | undefined): Content => (d && (d.data || d.opinion || d.reason) ? { data: clone(d.data ?? blank.data), opinion: d.opinion ?? '', reason: d.reason ?? '' } : { ...clone(blank) })
  const stand = (d: Draft | undefined): Stand<Content> => ({ content: contentOf(d), revision: d?.revision ?? 0, at: d?.savedAt })

  const keeper = useKeeper<Content>({
    storage: storageKey(person, task),
    source: typed,
    read: () => ({ ...clone(typed.value) }),
    write: (content) => (typed.value = content),
    fetch: async () => stand((await must(api.GET('/api/v1/tasks/{key}', { params: { path: { key: task } } }))).draft),
    send: async (content, _, seen, landed) => {
      const body = same(content, blank) ? {} : content
      const kept = await must(api.PUT('/api/v1/tasks/{key}/draft', { params: { path: { key: task }, header: { 'If-Match': `"${seen}"` } }, body }))
      landed(kept.revision ?? seen + 1, content, kept.savedAt)
      return undefined
    },
    former,
    pause: 1200,
  })

  /** Throws the draft away, here and on the server. Returns what brings it back. */
  function discard(): () => void {
    const was = clone(typed.value)
    typed.value = clone(blank)
    void keeper.save()
    return () => (typed.value = was)
  }

  const isBlank = computed(() => same(typed.value, blank))
  return { ...keeper, isBlank, open: (d: Draft | undefined) => keeper.open(stand(d)), news: (d: Draft | undefined) => keeper.news(stand(d)), discard }
}
