import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { api, must } from '@/api/client'
import type { Draft } from '@/api/types'

/** What somebody typed for a task and has not sent. */
export interface Typed {
  data: Record<string, unknown>
  opinion: string
  reason: string
}

interface Kept extends Typed {
  at: string
  /** the server has not got it yet */
  unsent: boolean
}

const storageKey = (person: string, task: string) => `qc.draft.${person}.${task}`

/** Reads what this browser keeps. Broken entries count as none. */
export function readKept(person: string, task: string): Kept | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey(person, task)) ?? 'null') as Kept | null
    return kept && typeof kept.data === 'object' ? kept : undefined
  } catch {
    return undefined
  }
}

export function forget(person: string, task: string) {
  localStorage.removeItem(storageKey(person, task))
}

/** The newer of what the browser and the server keep. */
export function latest(kept: Kept | undefined, server: Draft | undefined): Typed | undefined {
  const onServer = server && { data: server.data ?? {}, opinion: server.opinion ?? '', reason: kept?.reason ?? '' }
  if (!kept || !server) return kept ?? onServer
  return kept.unsent || kept.at > (server.savedAt ?? '') ? kept : onServer
}

export type SaveState = 'none' | 'saving' | 'saved' | 'local'

const pause = 1200 // ms without a key press before the server is told

/**
 * Keeps what is typed for one task: in the browser at once, on the server after a pause. While the
 * network is dead it stays in the browser and is sent when the network is back, also after signing
 * out and in again.
 */
export function useDraft(person: string, task: string, typed: Ref<Typed>) {
  const state = ref<SaveState>('none')
  const savedAt = ref<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  const keep = (unsent: boolean) => {
    const kept: Kept = { ...typed.value, at: new Date().toISOString(), unsent }
    localStorage.setItem(storageKey(person, task), JSON.stringify(kept))
    savedAt.value = kept.at
  }

  async function send() {
    timer = undefined
    if (closed) return
    const { data, opinion } = typed.value
    state.value = 'saving'
    try {
      await must(api.PUT('/api/v1/tasks/{key}/draft', { params: { path: { key: task } }, body: { data, opinion } }))
      if (closed) return
      if (!timer) keep(false)
      state.value = 'saved'
    } catch {
      state.value = 'local'
    }
  }

  const stop = watch(
    typed,
    () => {
      keep(true)
      state.value = 'saving'
      clearTimeout(timer)
      timer = setTimeout(send, pause)
    },
    { deep: true },
  )

  const online = () => state.value === 'local' && void send()
  addEventListener('online', online)

  /** Ends keeping; `done` also throws away what was kept, because it has been sent. */
  function close(done: boolean) {
    if (closed) return
    const waiting = timer !== undefined
    clearTimeout(timer)
    if (!done && waiting) void send()
    closed = true
    stop()
    removeEventListener('online', online)
    if (done) forget(person, task)
  }
  onScopeDispose(() => close(false))

  if (readKept(person, task)?.unsent) timer = setTimeout(send, 0)
  return { state, savedAt, close }
}
