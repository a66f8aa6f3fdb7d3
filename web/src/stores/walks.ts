import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, must } from '@/api/client'
import { asProblem } from '@/api/problem'
import { type Outcome, sendWaiting, type Waiting, waitingWalks, type WalkDraft, walkInput } from '@/domain/walk'
import { useSession } from './session'

const again = 20_000 // ms until what waits is tried again

/** The walk in hand and the walks that wait for a network, per person, in this browser. */
export const useWalks = defineStore('walks', () => {
  const session = useSession()
  const name = (what: string) => `qc.walk.${what}.${session.me?.person.id ?? ''}`
  const waiting = computed(() => waitingWalks({ read: () => localStorage.getItem(name('waiting')), write: (text) => localStorage.setItem(name('waiting'), text) }))
  const list = ref<Waiting[]>([])
  const sending = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const look = () => (list.value = waiting.value.all())

  async function post(w: Waiting): Promise<Outcome> {
    try {
      await must(api.POST('/api/v1/walks', { params: { header: { 'Idempotency-Key': w.key } }, body: walkInput(w.walk, w.substitute) }))
      return { sent: true }
    } catch (e) {
      const { passing, problem } = asProblem(e)
      // Signed out, or too much at once: nothing was decided about the walk.
      return { sent: false, passing: passing || problem.status >= 500 || [401, 408, 429].includes(problem.status), why: problem.errors?.map((x) => x.detail).join(' ') || problem.detail || problem.title }
    }
  }

  /** Tries to send what waits; tries again by itself while something does. Returns how many were taken. */
  async function flush(): Promise<number> {
    clearTimeout(timer)
    if (sending.value || !session.me) return 0
    sending.value = true
    try {
      return await sendWaiting(waiting.value, post)
    } finally {
      sending.value = false
      if (look().some((w) => !w.refused)) timer = setTimeout(() => void flush(), again)
    }
  }

  function handIn(w: Waiting): Promise<number> {
    waiting.value.put(w)
    forget()
    look()
    return flush()
  }

  const drop = (key: string) => (waiting.value.drop(key), look())

  /** The walk in hand: kept at every tap. */
  const keep = (walk: WalkDraft) => localStorage.setItem(name('draft'), JSON.stringify(walk))
  const forget = () => localStorage.removeItem(name('draft'))
  function inHand(): WalkDraft | undefined {
    try {
      return JSON.parse(localStorage.getItem(name('draft')) ?? 'null') ?? undefined
    } catch {
      return undefined
    }
  }

  /** What was last read of a list, for when there is no network. */
  const remember = (key: string, value: unknown) => localStorage.setItem(name(`list.${key}`), JSON.stringify(value))
  const recall = <T>(key: string): T | undefined => JSON.parse(localStorage.getItem(name(`list.${key}`)) ?? 'null') ?? undefined

  addEventListener('online', () => void flush())
  return { list, sending, look, flush, handIn, drop, keep, forget, inHand, remember, recall }
})
