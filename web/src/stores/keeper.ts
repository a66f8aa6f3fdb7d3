import { onScopeDispose, ref, shallowRef, watch, type WatchSource } from 'vue'
import { asProblem, ProblemError } from '@/api/problem'
import { clone, type Difference, differences, type Json, same, type Side, taking } from '@/domain/merge'

/** What the server has of a draft. `revision` 0: nothing. */
export interface Stand<C> {
  content: C
  revision: number
  at?: string
  /** who has saved it, where that is somebody else */
  by?: string
}

/** Where what is shown is kept, and why not on the server. One of these is true at a time. */
export interface Where {
  at: 'none' | 'saving' | 'server' | 'browser' | 'nowhere'
  since?: string
  why?: 'offline' | 'refused' | 'conflict' | 'left' | 'storage'
  /** in words of the server (refused), or a key of the catalogue (left) */
  text?: string
}

export interface Conflict {
  differences: Difference[]
  at?: string
  by?: string
}

export interface Keeping<C extends Json> {
  /** name in the browser's storage: one person, one thing */
  storage: string
  /** what is typed */
  source: WatchSource
  read: () => C
  write: (content: C) => void
  fetch: () => Promise<Stand<C>>
  /**
   * Brings the content to the server, over what it has. `landed` tells each part that has arrived.
   * Answers a key of the catalogue when something has to stay in the browser for now.
   */
  send: (content: C, base: C, seen: number, landed: (revision: number, content: C, at?: string) => void) => Promise<string | undefined>
  /** reads what an earlier release kept under the name */
  former?: (kept: Json) => { content: C; at?: string; unsent: boolean } | undefined
  /** ms without a key press before the server is told */
  pause: number
}

interface Kept<C> {
  content: C
  at?: string
  unsent: boolean
  /** what it was typed upon; an earlier release did not know */
  revision?: number
  base?: C
}

const again = 15_000 // ms until a server that did not answer is asked again

/** What this browser tab has sent since the server last answered, by name: an answer that got lost is no conflict with oneself. */
const unanswered = new Map<string, unknown[]>()

/** Reads what the browser keeps. Broken entries count as none. */
export function readKept<C extends Json>(storage: string, former?: Keeping<C>['former']): Kept<C> | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(storage) ?? 'null') as Json | null
    if (!kept || typeof kept !== 'object') return undefined
    return typeof kept.content === 'object' && kept.content ? (kept as unknown as Kept<C>) : former?.(kept)
  } catch {
    return undefined
  }
}

/** The newer of two moments, whatever their zones. A moment that is none is older than any. */
export const newer = (a: string | undefined, b: string | undefined) => (Date.parse(a ?? '') || 0) > (Date.parse(b ?? '') || 0)

/**
 * Keeps what is typed: in the browser at once, on the server after a pause, each save over the revision that was
 * seen. What somebody else (or the same person elsewhere) has saved meanwhile is merged where it touches other
 * values, and otherwise asked about: nothing is overwritten unseen. While the network is dead, the browser keeps
 * it, also across sign-out.
 */
export function useKeeper<C extends Json>(k: Keeping<C>) {
  const where = ref<Where>({ at: 'none' })
  const conflict = shallowRef<Conflict>()
  /** pointers that were taken over from elsewhere, for a word about it */
  const taken = ref<string[]>([])

  let revision = 0
  let base: C | undefined // what the server has, undefined before open()
  let before: C | undefined // what a conflict's two sides were made from
  let savedAt: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined
  let closed = false
  let sentOff = false // the act is done: nothing is left to keep

  function keep(unsent: boolean): boolean {
    if (sentOff) return true
    const upon = conflict.value ? { revision: revision - 1, base: before } : { revision, base }
    try {
      localStorage.setItem(k.storage, JSON.stringify({ content: k.read(), at: new Date().toISOString(), unsent, ...upon }))
      return true
    } catch {
      return false // the storage is full, or closed to us
    }
  }

  function settle() {
    if (revision) keep(false)
    else localStorage.removeItem(k.storage)
    where.value = revision ? { at: 'server', since: savedAt } : { at: 'none' }
  }

  function inBrowser(why: Where['why'], text?: string) {
    where.value = keep(true) ? { at: 'browser', since: new Date().toISOString(), why, text } : { at: 'nowhere', why: why === 'left' ? 'storage' : why, text }
  }

  function schedule(ms = k.pause) {
    clearTimeout(timer)
    timer = setTimeout(() => void save(), ms)
  }

  /** Takes what the server has and what this browser keeps; shows the newer, or both where they contradict. */
  function open(stand: Stand<C>) {
    revision = stand.revision
    base = clone(stand.content)
    savedAt = stand.at
    const kept = readKept(k.storage, k.former)
    if (!kept || (kept.revision === undefined ? !kept.unsent && !newer(kept.at, stand.at) : !kept.unsent && kept.revision <= revision)) {
      k.write(clone(base))
      if (revision) where.value = { at: 'server', since: savedAt }
      return
    }
    k.write(clone(kept.content))
    if (kept.revision === undefined && revision === 0) kept.revision = 0
    if (kept.revision !== undefined && kept.revision >= revision) {
      // What was read is not newer than what this browser has seen.
      revision = kept.revision
      base = clone(kept.unsent ? (kept.base ?? base) : kept.content)
      if (same(k.read(), base)) return settle()
      inBrowser(undefined)
      schedule(0)
    } else meet(stand, kept.base)
  }

  /** The server has something else than what was typed upon. */
  function meet(stand: Stand<C>, from: C | undefined) {
    const here = k.read()
    revision = stand.revision
    savedAt = stand.at
    base = clone(stand.content)
    const found = unanswered.get(k.storage)?.some((sent) => same(sent, stand.content)) ? [] : differences(from, here, stand.content)
    if (found.some((d) => !d.suggested)) {
      before = from
      conflict.value = { differences: found, at: stand.at, by: stand.by }
      return inBrowser('conflict')
    }
    const theirs = found.filter((d) => d.suggested === 'there')
    if (theirs.length) {
      k.write(taking(here, theirs) as C)
      taken.value = theirs.map((d) => d.pointer)
    }
    if (same(k.read(), base)) return settle()
    inBrowser(undefined)
    schedule(0)
  }

  /** Something newer may be on the server; told when the page has read it again. */
  function news(stand: Stand<C>) {
    if (!base || closed || running || conflict.value || stand.revision <= revision) return
    meet(stand, base)
  }

  /** The person has chosen; what is not named stays as it is here. */
  function resolve(sides: Record<string, Side>) {
    const found = conflict.value?.differences ?? []
    conflict.value = undefined
    k.write(taking(k.read(), found.filter((d) => sides[d.pointer] === 'there')) as C)
    if (same(k.read(), base)) return settle()
    keep(true)
    schedule(0)
  }

  /** Saves what has changed. Resolves when the server has all of it, or `where` says why not. */
  async function save(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    while (running) await running
    running = bring().finally(() => (running = undefined))
    await running
  }

  async function bring() {
    if (!base || conflict.value) return
    const content = k.read()
    if (same(content, base)) return settle()
    where.value = { at: 'saving' }
    unanswered.set(k.storage, [...(unanswered.get(k.storage) ?? []), content])
    try {
      const left = await k.send(content, base, revision, (now, arrived, at) => {
        revision = now
        base = arrived
        unanswered.set(k.storage, [content])
        savedAt = at ?? new Date().toISOString()
      })
      if (left) inBrowser('left', left)
      else if (same(k.read(), base)) settle()
      else keep(true)
    } catch (e) {
      await failed(asProblem(e))
    }
  }

  async function failed(problem: ProblemError) {
    if (problem.slug === 'stale-version') {
      const stand = await k.fetch().catch(asProblem)
      if (stand instanceof ProblemError) return failed(stand)
      const happened = problem.problem.happened
      return meet({ ...stand, by: happened?.actor?.name }, stand.revision < revision ? undefined : base) // fewer: the books were restored
    }
    if (!problem.passing) return inBrowser('refused', problem.problem.title)
    inBrowser('offline')
    if (!closed) schedule(again)
  }

  const stop = watch(
    k.source,
    () => {
      if (!base || closed) return
      if (conflict.value) {
        const left = differences(before, k.read(), base)
        conflict.value = left.length ? { ...conflict.value, differences: left } : undefined
        if (left.length) return inBrowser('conflict')
      }
      if (same(k.read(), base)) {
        clearTimeout(timer)
        timer = undefined
        return settle()
      }
      const kept = keep(true)
      where.value = { at: kept ? 'saving' : 'nowhere', why: kept ? undefined : 'storage' }
      schedule()
    },
    { deep: true },
  )

  const online = () => where.value.at === 'browser' && where.value.why === 'offline' && schedule(0)
  addEventListener('online', online)

  /** Ends keeping; `done` also throws away what was kept, because it has been sent. */
  function close(done: boolean) {
    if (closed) return
    const waiting = timer !== undefined
    clearTimeout(timer)
    if (!done && waiting) void save()
    closed = true
    sentOff = done
    stop()
    removeEventListener('online', online)
    if (done) localStorage.removeItem(k.storage)
  }
  onScopeDispose(() => close(false))

  return { where, conflict, taken, open, news, resolve, save, close }
}
