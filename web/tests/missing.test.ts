import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { setLanguage } from '@/i18n'
import { tellWhatIsMissing } from '@/missing'
import { useNotices } from '@/stores/notices'

let stop = () => {}
afterEach(() => stop())
const went = vi.fn<(address: string) => void>()
const settled = () => new Promise((resolve) => setTimeout(resolve))

/** A client of which one page does not come. */
async function opened(network: { there: boolean }) {
  vi.stubGlobal('fetch', vi.fn(() => (network.there ? Promise.resolve(new Response('ok')) : Promise.reject(new TypeError('no network')))))
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', component: { render: () => null } },
      { path: '/reports/:id', component: () => Promise.reject(new TypeError('Failed to fetch dynamically imported module')) },
    ],
  })
  await router.push('/')
  stop = tellWhatIsMissing(router, went)
  dispatchEvent(new Event('vite:preloadError')) // the browser tells both
  await router.push('/reports/7?to=2022-06-30').catch(() => undefined)
  await settled()
  return useNotices()
}

beforeEach(async () => {
  setActivePinia(createPinia())
  went.mockReset()
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  await setLanguage('zh-CN')
})

test('without a network a page that does not come is told, and tried again until it comes', async () => {
  const network = { there: false }
  const notices = await opened(network)
  expect(notices.current).toMatchObject({ text: '网络不通，这一页没有取到', stays: true, action: { label: '重试' } })
  notices.current!.action!.run()
  await settled()
  await settled()
  expect(went).not.toHaveBeenCalled()
  expect(notices.current?.action?.label).toBe('重试')
  network.there = true
  notices.current!.action!.run()
  await settled()
  expect(went).toHaveBeenCalledWith('/reports/7?to=2022-06-30')
})

test('after an upgrade a reload is offered, of the page that was asked for', async () => {
  const notices = await opened({ there: true })
  expect(notices.current).toMatchObject({ text: '平台已更新，这一页要刷新后才能打开', detail: '已写的内容都在' })
  expect(went).not.toHaveBeenCalled()
  notices.current!.action!.run()
  expect(went).toHaveBeenCalledWith('/reports/7?to=2022-06-30')
})

test('the line stays until one acts', async () => {
  vi.useFakeTimers()
  const notices = useNotices()
  notices.say({ text: 'a', stays: true })
  vi.advanceTimersByTime(60_000)
  expect(notices.current?.text).toBe('a')
  notices.say({ text: 'b' })
  vi.advanceTimersByTime(60_000)
  expect(notices.current).toBeUndefined()
  vi.useRealTimers()
})
