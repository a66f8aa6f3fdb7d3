import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { forget, latest, readKept, useDraft, type Typed } from '@/stores/drafts'

const typed = (opinion: string): Typed => ({ data: {}, opinion, reason: '' })
let online = true
const sent: string[] = []

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  sent.length = 0
  online = true
  vi.stubGlobal('fetch', async (request: Request) => {
    if (!online) throw new TypeError('network')
    sent.push(await request.text())
    return new Response('{}', { status: 200, headers: { 'Content-Type': 'application/json' } })
  })
})
afterEach(() => vi.useRealTimers())

async function later(ms = 1300) {
  await nextTick()
  await vi.advanceTimersByTimeAsync(ms)
}

test('what is typed is in the browser at once and on the server after a pause', async () => {
  const scope = effectScope()
  const model = ref(typed(''))
  const draft = scope.run(() => useDraft('zhou-min', '7', model))!
  model.value.opinion = '同'
  await nextTick()
  expect(readKept('zhou-min', '7')).toMatchObject({ opinion: '同', unsent: true })
  expect(sent).toEqual([])
  model.value.opinion = '同意'
  await later()
  expect(sent).toEqual(['{"data":{},"opinion":"同意"}'])
  expect(draft.state.value).toBe('saved')
  expect(readKept('zhou-min', '7')).toMatchObject({ opinion: '同意', unsent: false })
  scope.stop()
})

test('a dead network loses nothing; it is sent when the network is back', async () => {
  const scope = effectScope()
  const model = ref(typed(''))
  const draft = scope.run(() => useDraft('zhou-min', '7', model))!
  online = false
  model.value.opinion = '断网时写的'
  await later()
  expect(draft.state.value).toBe('local')
  expect(readKept('zhou-min', '7')).toMatchObject({ opinion: '断网时写的', unsent: true })
  online = true
  dispatchEvent(new Event('online'))
  await later(0)
  expect(sent).toHaveLength(1)
  scope.stop()
})

test('a draft that was never sent is sent when the task is opened again', async () => {
  localStorage.setItem('qc.draft.zhou-min.7', JSON.stringify({ ...typed('昨天写的'), at: '2022-04-19T01:00:00Z', unsent: true }))
  const scope = effectScope()
  scope.run(() => useDraft('zhou-min', '7', ref(typed('昨天写的'))))
  await later(10)
  expect(sent).toEqual(['{"data":{},"opinion":"昨天写的"}'])
  scope.stop()
})

test('after the operation nothing is kept, and nothing is sent any more', async () => {
  const scope = effectScope()
  const model = ref(typed(''))
  const draft = scope.run(() => useDraft('zhou-min', '7', model))!
  model.value.opinion = '同意'
  await nextTick()
  draft.close(true)
  await later()
  expect(readKept('zhou-min', '7')).toBeUndefined()
  expect(sent).toEqual([])
  scope.stop()
})

test('drafts are of one person and one task', () => {
  localStorage.setItem('qc.draft.zhou-min.7', JSON.stringify({ ...typed('x'), at: '', unsent: false }))
  expect(readKept('chen-zhuo', '7')).toBeUndefined()
  expect(readKept('zhou-min', '8')).toBeUndefined()
  forget('zhou-min', '7')
  expect(readKept('zhou-min', '7')).toBeUndefined()
  localStorage.setItem('qc.draft.zhou-min.7', '{broken')
  expect(readKept('zhou-min', '7')).toBeUndefined()
})

test('the newer of browser and server is taken; what was not sent yet is always taken', () => {
  const kept = (at: string, unsent = false) => ({ ...typed('本机'), at, unsent })
  const server = { opinion: '服务器', savedAt: '2022-04-19T02:00:00Z' }
  expect(latest(undefined, undefined)).toBeUndefined()
  expect(latest(undefined, server)?.opinion).toBe('服务器')
  expect(latest(kept('2022-04-19T01:00:00Z'), server)?.opinion).toBe('服务器')
  expect(latest(kept('2022-04-19T03:00:00Z'), server)?.opinion).toBe('本机')
  expect(latest(kept('2022-04-19T01:00:00Z', true), server)?.opinion).toBe('本机')
})
