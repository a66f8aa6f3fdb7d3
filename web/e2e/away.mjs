// Pages that come late, not at all, or in a newer release, in a real browser against the real binary with the demonstration's
// projects: a page that does not come is told, with a way on; and on no page does anything jump under the pointer.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { launch } from './browser.mjs'
import { Person } from './person.mjs'
import { startPlatform } from './platform.mjs'

const bound = 0.1 // layout shift of a page, as https://web.dev/articles/cls has it
const troubles = []
const watch = (page) => page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`))

/** Every page of the client that needs no number, as its router has them. */
const pages = [...readFileSync(new URL('../src/router.ts', import.meta.url), 'utf8').matchAll(/path: '(\/[^':]*)', name: '[^']+'.*?meta: \{([^}]*)\}/g)]
  .filter(([, path, meta]) => path !== '/' && !meta.includes('public'))
  .map(([, path]) => path)

/** How far a page has moved by itself since it was opened, once it stands. */
async function shift(page, path) {
  await page.goto(path)
  await page.locator('#content[aria-busy=false]').waitFor()
  await page.waitForTimeout(400) // what comes after would be seen to move it
  return page.evaluate(() => ({ moved: globalThis.shifted, why: globalThis.why.join('; ') }))
}

const observe = () => {
  globalThis.shifted = 0
  globalThis.why = []
  const named = (node) => `${node?.nodeName ?? '?'}.${node?.className ?? ''}`
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries().filter((one) => !one.hadRecentInput)) {
      globalThis.shifted += entry.value
      globalThis.why.push(entry.sources.map((source) => named(source.node)).join(' '))
    }
  }).observe({ type: 'layout-shift', buffered: true })
}

/** Who looks: post and whether on a phone. Each opens every page, also those that are not his: they say so. */
const lookers = [
  ['BUREAU_CHIEF@DP34', false], ['BUREAU_CHIEF@DP34', true], ['SYS_ADMIN@', false], ['AUDIT_ADMIN@', false],
  ['FINANCE_LIAISON@DP22', false], ['FINANCE_LIAISON@DP22', true],
]

/** Each page for one person. A page that moves is opened once more: only what moves each time is the page's own. */
async function quiet(as, [post, onPhone], more) {
  const who = await as(post, { onPhone })
  await who.context.addInitScript(observe)
  const mine = [...pages, ...(post.startsWith('BUREAU') ? more : [])]
  for (const path of mine) {
    let found = await shift(who.page, path)
    if (found.moved >= bound) found = await shift(who.page, path)
    if (found.moved >= bound) troubles.push(`${path} moves by ${found.moved.toFixed(3)} for ${who.id}${onPhone ? ' on a phone' : ''}: ${found.why}`)
  }
  await who.leave()
  return mine.length
}

/** A page that was never opened, without a network: a word and a retry. */
async function offline(as) {
  const { page, context, leave } = await as('BUREAU_CHIEF@DP34').then((who) => Object.assign(who, { leave: who.leave.bind(who) }))
  await page.locator('nav a[href="/report"]').first().waitFor()
  await context.setOffline(true)
  await page.locator('nav a[href="/report"]').first().click()
  const line = page.locator('.line .box')
  await line.getByText('网络不通，这一页没有取到').waitFor()
  await line.getByRole('button', { name: '重试' }).click()
  await line.getByText('网络不通，这一页没有取到').waitFor()
  await context.setOffline(false)
  await line.getByRole('button', { name: '重试' }).click()
  await page.locator('[data-figure]').first().waitFor()
  await leave()
}

/** An old tab after an upgrade: the page's file is gone, a reload is offered and opens the page that was asked for. */
async function upgraded(as) {
  const { page, leave } = await as('BUREAU_CHIEF@DP34').then((who) => Object.assign(who, { leave: who.leave.bind(who) }))
  await page.locator('nav a[href="/report"]').first().waitFor()
  await page.route('**/assets/**', (route) => route.fulfill({ status: 404, body: '' }))
  await page.locator('nav a[href="/report"]').first().click()
  const line = page.locator('.line .box')
  await line.getByText('平台已更新，这一页要刷新后才能打开').waitFor()
  await page.unroute('**/assets/**')
  await line.getByRole('button', { name: '刷新' }).click()
  await page.waitForURL('**/report')
  await page.locator('[data-figure]').first().waitFor()
  await leave()
}

/** All of them, once the demonstration's projects stand on the desks of its people, and come no more. */
async function measured(as) {
  const chief = await as('BUREAU_CHIEF@DP34')
  let projects = []
  let task
  for (let same = 0, end = Date.now() + 400_000; same < 12 && Date.now() < end; ) {
    const before = projects.length
    projects = (await chief.get('/api/v1/projects?limit=100')).items
    task = (await chief.get('/api/v1/tasks?scope=mine')).items[0]
    same = task && projects.length === before ? same + 1 : 0
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  await chief.leave()
  assert.ok(pages.length > 20, `only ${pages.length} pages`)
  assert.ok(task, 'nothing waits for the chief')
  const more = [`/projects/${projects[0].code}`, `/projects/${projects[0].code}/application`, `/tasks/${task.key}`]
  let tried = 0
  for (const one of lookers) tried += await quiet(as, one, more)
  return tried
}

async function main() {
  mkdirSync(new URL('../../build/screenshots/', import.meta.url).pathname, { recursive: true })
  const platform = await startPlatform({ seed: true })
  const browser = await launch()
  try {
    const { people } = await (await fetch(`${platform.url}/api/v1/people`)).json()
    const first = (post) => people.find((p) => p.posts.some((x) => x.id.startsWith(post))).id
    const as = (post, how) => new Person(browser, platform.url, first(post), watch).signIn(how)
    const tried = await measured(as)
    await offline(as)
    await upgraded(as)
    if (troubles.length) throw new Error(`${troubles.length} troubles:\n${[...new Set(troubles)].join('\n')}`)
    console.log(`away: ${tried} pages stand still, a page that does not come is told`)
  } catch (error) {
    console.error(platform.log().split('\n').slice(-40).join('\n'))
    throw error
  } finally {
    await browser.close()
    await platform.stop()
  }
}

await main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
