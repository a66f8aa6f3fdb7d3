import { QueryClient } from '@tanstack/vue-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { PATIENCE, useSettled } from '@/settle'

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'requestAnimationFrame', 'cancelAnimationFrame', 'performance'] }))
afterEach(() => vi.useRealTimers())

const frames = (n: number) => vi.advanceTimersByTimeAsync(17 * n)

/** A page, with a question that is answered when told to. */
function opened() {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 0 } } })
  const key = ref('ann:/inbox')
  const scope = effectScope()
  const settled = scope.run(() => useSettled(() => key.value, queries))!
  const ask = (name: string) => {
    let answer: (value: string) => void = () => {}
    void queries.fetchQuery({ queryKey: [name], queryFn: () => new Promise((resolve) => (answer = resolve)) }).catch(() => undefined)
    return () => answer(name)
  }
  return { key, settled, ask, stop: () => scope.stop() }
}

test('a page that asks nothing stands at once', async () => {
  const { settled, stop } = opened()
  expect(settled.value).toBe(false)
  await frames(6)
  expect(settled.value).toBe(true)
  stop()
})

test('a page stands when its questions, and those that follow from them, are answered', async () => {
  const { settled, ask, stop } = opened()
  const first = ask('tasks')
  await frames(20)
  expect(settled.value).toBe(false)
  first()
  await frames(1)
  const second = ask('names')
  await frames(20)
  expect(settled.value).toBe(false)
  second()
  await frames(6)
  expect(settled.value).toBe(true)
  stop()
})

test('what is asked again while its answer is shown hides nothing', async () => {
  const { key, settled, ask, stop } = opened()
  ask('tasks')()
  await frames(8)
  expect(settled.value).toBe(true)
  ask('tasks')
  key.value = 'ann:/projects'
  expect(settled.value).toBe(false)
  await frames(8)
  expect(settled.value).toBe(true)
  stop()
})

test('an answer that does not come is not waited for longer than a person waits', async () => {
  const { settled, ask, stop } = opened()
  ask('tasks')
  await vi.advanceTimersByTimeAsync(PATIENCE - 100)
  expect(settled.value).toBe(false)
  await vi.advanceTimersByTimeAsync(200)
  expect(settled.value).toBe(true)
  stop()
})
