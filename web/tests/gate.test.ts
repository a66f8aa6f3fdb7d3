import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createApp, nextTick, ref } from 'vue'
import { useGate } from '@/gate'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function page(shown = ref(true)) {
  let gate!: ReturnType<typeof useGate>
  const app = createApp({ setup: () => ((gate = useGate(() => shown.value)), () => undefined) })
  app.mount(document.createElement('div'))
  return { gate, end: () => app.unmount() }
}
/** A click, as a browser tells of it. Returns whether it decides. */
function click(gate: ReturnType<typeof useGate>) {
  dispatchEvent(new Event('pointerdown'))
  dispatchEvent(new Event('pointerup'))
  return gate.passes(new MouseEvent('click', { detail: 1 }))
}
const pass = async (ms: number) => {
  await nextTick()
  await vi.advanceTimersByTimeAsync(ms)
}

test.each([0, 175, 250, 400, 600])('a second click %d ms after the page came decides nothing (W2)', async (ms) => {
  const { gate, end } = page()
  await pass(ms)
  expect(click(gate)).toBe(false)
  expect(gate.early.value).toBe(true)
  end()
})

test('a click on a page that has been there decides, once seen', async () => {
  const { gate, end } = page()
  await pass(1000)
  expect(click(gate)).toBe(true)
  end()
})

test('clicking on and on opens nothing', async () => {
  const { gate, end } = page()
  for (let i = 0; i < 20; i++) {
    await pass(400)
    expect(click(gate)).toBe(false)
  }
  end()
})

test('a press that began before it opened does not count when it ends after', async () => {
  const { gate, end } = page()
  await pass(100)
  dispatchEvent(new Event('pointerdown'))
  await pass(2000)
  dispatchEvent(new Event('pointerup'))
  expect(gate.passes(new MouseEvent('click', { detail: 1 }))).toBe(false)
  end()
})

test('a key held down since the page before does not count', async () => {
  const { gate, end } = page()
  for (let i = 0; i < 40; i++) {
    dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', repeat: true }))
    await pass(50)
  }
  expect(gate.open.value).toBe(false)
  end()
})

test('typing does not hold it shut', async () => {
  const { gate, end } = page()
  for (let i = 0; i < 20; i++) {
    dispatchEvent(new KeyboardEvent('keydown', { key: '同' }))
    await pass(50)
  }
  expect(gate.open.value).toBe(true)
  end()
})

test('content that is not there yet, or has changed, has not been seen', async () => {
  const shown = ref(false)
  const { gate, end } = page(shown)
  await pass(5000)
  expect(gate.open.value).toBe(false)
  shown.value = true
  await pass(1000)
  expect(gate.open.value).toBe(true)
  void gate.again()
  expect(click(gate)).toBe(false)
  end()
})
