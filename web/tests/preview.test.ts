import { afterEach, expect, test } from 'vitest'
import { createApp, type App } from 'vue'
import { createI18n } from 'vue-i18n'
import { createPinia } from 'pinia'
import type { Consequences } from '@/api/types'
import PreviewNext from '@/components/task/PreviewNext.vue'
import en from '@/i18n/en'
import zh from '@/i18n/zh-CN'

// 办完之后: where an act issues, pays or ends something, the panel says so, and never that nothing follows.
let app: App | undefined
afterEach(() => app?.unmount())

function told(after: Partial<Consequences>, locale = 'zh-CN') {
  const host = document.createElement('div')
  app = createApp(PreviewNext, { after: { opens: [], ends: [], voids: [], completes: false, ...after } })
  app.use(createPinia()).use(createI18n({ legacy: false, locale, messages: { 'zh-CN': zh, en } })).mount(host)
  return [...host.querySelectorAll('li')].map((li) => li.textContent?.trim() ?? '')
}

const holder = { id: 'x', name: '周敏', post: '' }
test.each<[string, Partial<Consequences>, RegExp[]]>([
  ['an approval that issues a paper and ends', { does: ['制发批复'], completes: true }, [/制发批复/, /办结|结束/]],
  ['an approval that issues a paper and waits for a bureau', { does: ['送财政支付'], waits: true }, [/送财政支付/, /等/]],
  ['one that only does something', { does: ['移交归档'] }, [/移交归档/]],
  ['one that hands on', { opens: [{ name: '审核', holders: [holder], mine: false }] }, [/周敏.*审核/]],
  ['one that voids others', { voids: [{ name: '会签', holders: [holder], mine: false }] }, [/会签/]],
  ['one of which several may come', { possible: [{ name: '专家评审', holders: [], mine: false }] }, [/专家评审/]],
])('%s', (_, after, want) => {
  const lines = told(after)
  expect(lines).toHaveLength(want.length)
  want.forEach((pattern, i) => expect(lines[i]).toMatch(pattern))
})

test('the end is told in both languages, and nothing beside it', () => {
  expect(told({ completes: true })).toHaveLength(1)
  expect(told({ completes: true }, 'en')[0]).toMatch(/[a-z]/)
})

test('only where nothing at all follows the matter is said to stay', () => {
  const stays = told({})[0]
  expect(told({ does: ['制发批复'], completes: true })).not.toContain(stays)
  expect(told({ waits: true })).not.toContain(stays)
})
