// What happens at the edges of finding and beginning: going back after sending, two windows on one draft and on one task, very long
// titles, empty lists, who may not, and the lists that a page arranges by itself.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from './browser.mjs'
import { field, Person } from './person.mjs'
import { binary, startPlatform } from './platform.mjs'

const shots = new URL('../../build/screenshots/', import.meta.url).pathname
const own = new URL('own', import.meta.url).pathname
const long = `关于${'县城区智慧停车与公共安全视频监控联网共享应用一体化平台'.repeat(6)}的用印`
const troubles = []
const trouble = (...what) => troubles.push(what.join(' '))
const main = (page) => page.locator('main')

/** Nothing that a page shows is wider than the window. */
async function fits(page, path) {
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 })
    await page.goto(path)
    await page.waitForLoadState('networkidle')
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    if (wide > 0) trouble(`${path}: ${wide} px wider than ${width}`)
  }
  await page.screenshot({ path: join(shots, `edges-${path.split('?')[0].replaceAll('/', '-').slice(1)}.png`), fullPage: true, animations: 'disabled' })
  await page.setViewportSize({ width: 1440, height: 1000 })
}

/** A page says something to whom it has nothing to show: no skeleton for ever, no empty window. */
async function speaks(page, path) {
  await page.goto(path)
  await page.waitForLoadState('networkidle')
  await page.locator('main .skeleton, main [aria-busy=true]').first().waitFor({ state: 'detached', timeout: 15_000 }).catch(() => trouble(`${path}: still loads`))
  const text = (await main(page).innerText()).trim()
  if (text.length < 8) trouble(`${path}: says nothing (${text})`)
  return text
}

/** One draft in two windows: neither overwrites the other, and who comes second with it is told. */
async function twoDrafts(clerk) {
  const one = clerk.page
  await one.goto('/begin')
  await one.getByRole('link', { name: '本局用印' }).click()
  await one.locator(field('/subject')).fill(long)
  await one.waitForURL('**?draft=*')
  const two = await clerk.context.newPage()
  clerk.watch(two)
  await two.goto(one.url())
  await two.locator(field('/subject')).waitFor()
  assert.equal(await two.locator(field('/subject')).inputValue(), long, 'the draft is in the address')
  await two.locator(field('/reason')).fill('第二个窗口写的理由')
  await two.getByText(/已存|存于|保存/).first().waitFor()
  await two.waitForTimeout(1500)
  await one.locator(field('/subject')).fill(`${long}之二`)
  await one.locator('[data-test=conflict]').waitFor()
  assert.equal(await one.locator(field('/subject')).inputValue(), `${long}之二`, 'nothing of this window is lost')
  await one.locator('[data-pointer="/data/subject"] input[value=here]').check()
  await one.locator('[data-pointer="/data/reason"] input[value=there]').check()
  await one.locator('[data-test=merge]').click()
  await one.locator('[data-test=conflict]').waitFor({ state: 'detached' })
  assert.equal(await one.locator(field('/reason')).inputValue(), '第二个窗口写的理由', 'what the other window wrote was taken')
  await clerk.rows('/rows', [{ seal: ['official'], n: '1' }])
  await clerk.attach('/scan', '两个窗口')
  await one.locator('form .btn.p').click()
  await one.waitForURL('**/matters/*')
  const matter = one.url()
  await two.locator(field('/reason')).fill('第二个窗口还在写')
  await two.locator('[data-test=gone]').waitFor()
  assert.equal(await two.locator(field('/reason')).inputValue(), '第二个窗口还在写', 'nothing of the second window is lost')
  await two.close()
  await one.goBack()
  await one.waitForURL('**/begin')
  const { items } = await clerk.get('/api/v1/matters?limit=100')
  assert.equal(items.length, 1, 'going back sends nothing again')
  return { key: matter.split('/').at(-1), title: items[0].title }
}

/** One task in two windows: the second is told that it is done, and what was written stays. */
async function twoDecisions(chief) {
  const task = (await chief.get('/api/v1/tasks?scope=open')).items.find((t) => t.name === '科长审核')
  const one = chief.page
  await chief.open(task.key)
  const two = await chief.context.newPage()
  chief.watch(two)
  await two.goto(`/tasks/${task.key}`)
  const panel = two.locator('section.act')
  await panel.locator('input[name=operation][value="agree"]').check()
  await panel.locator('#act-opinion').fill('第二个窗口的意见')
  await chief.decide('agree', { opinion: '同意用印' })
  await two.locator('section.act [data-test=gone]').waitFor()
  if (await two.locator('[data-test=go]').isEnabled().catch(() => false)) trouble('another operation has taken the place of the one that was chosen')
  if (!(await two.locator('section.act').innerText()).includes('第二个窗口的意见')) trouble('what was written in the second window is lost')
  await two.screenshot({ path: join(shots, 'edges-second-window.png'), fullPage: true })
  await two.close()
  await one.goBack()
  await one.waitForLoadState('networkidle')
  if (await one.locator('[data-test=go]').isEnabled().catch(() => false) && one.url().includes(task.key)) trouble('going back offers to decide again')
  const { items } = await chief.get('/api/v1/tasks?scope=done')
  assert.equal(items.filter((t) => t.key === task.key).length, 1)
  return task.key
}

/** Lists that one answer shows whole: words, order and sheet. */
async function shown(person, path, list) {
  const { page } = person
  await page.goto(path)
  const tools = page.locator(`[data-list="${list}"]`).first()
  await tools.waitFor({ timeout: 20_000 }).catch(() => undefined)
  if (!(await tools.count())) return trouble(`${path}: no tools for ${list}`)
  const sort = tools.locator('[data-test=sort]')
  if (await sort.count()) {
    const order = await sort.locator('option').nth(1).getAttribute('value')
    await sort.selectOption(order)
    await page.waitForURL((url) => [...url.searchParams].some(([k, v]) => k.endsWith('sort') && v === order))
  }
  const link = tools.locator('[data-test=export]')
  if (!(await link.count())) return
  const href = await link.getAttribute('href')
  const answer = await page.request.get(href)
  if (answer.status() !== 200) trouble(`${href}: ${answer.status()}`)
}

async function all() {
  mkdirSync(shots, { recursive: true })
  const platform = await startPlatform()
  if (platform.data) execFileSync(binary, ['deploy', own, '--database', `sqlite:${join(platform.data, 'quancheng.db')}`, '--reason', '本局用印上线'])
  const browser = await launch()
  const watch = (page) => page.on('pageerror', (error) => trouble(`${page.url()}: ${error.message}`))
  try {
    const { people } = await (await fetch(`${platform.url}/api/v1/people`)).json()
    const as = (role) => new Person(browser, platform.url, people.find((p) => p.posts.some((x) => x.role === role)).id, watch).signIn()
    const clerk = await as('BUREAU_REVIEW_A')
    for (const path of ['/begin', '/inbox', '/notices', '/projects', '/rectifications', '/search?q=没有这样的事', '/absence']) await speaks(clerk.page, path)
    const matter = await twoDrafts(clerk)
    const chief = await as('BUREAU_CHIEF')
    for (const path of ['/inbox', `/search?q=${encodeURIComponent('智慧停车')}`, '/cases', `/cases/${matter.key}/operate`, '/notices']) await fits(chief.page, path)
    const task = await twoDecisions(chief)
    await fits(chief.page, `/tasks/${task}`)
    for (const path of ['/begin', `/matters/${matter.key}`, '/notices', '/projects']) await fits(clerk.page, path)
    const expert = await as('EXPERT')
    for (const path of ['/cases', '/operations', '/projects', `/matters/${matter.key}`, `/cases/${matter.key}/operate`, `/tasks/${task}`, '/notices', '/search?q=停车', '/begin', '/rulepacks', '/accounts']) {
      const text = await speaks(expert.page, path)
      if (text.includes(matter.title)) trouble(`${path}: an expert reads ${matter.title}`)
    }
    for (const [path, list] of [['/registers', 'registers'], ['/rulepacks', 'rulepacks'], ['/begin', 'processes'], ['/calendar', 'calendar']]) await shown(chief, path, list)
    const system = await as('SYS_ADMIN')
    await shown(system, '/organisation', 'units')
    await system.page.goto('/organisation?u.q=水利')
    await system.page.locator('[data-unit]').first().waitFor()
    assert.ok((await system.page.locator('[data-unit]').count()) < 5, 'the words in the address are asked')
  } catch (error) {
    for (const c of browser.contexts()) for (const p of c.pages()) await p.screenshot({ path: join(shots, `edges-failed-${Date.now()}.png`), fullPage: true }).catch(() => {})
    throw error
  } finally {
    await browser.close()
    await platform.stop()
  }
  if (troubles.length) throw new Error(`${troubles.length} troubles:\n${[...new Set(troubles)].join('\n')}`)
  console.log('back, two windows, long titles, empty lists and strangers: all is said in words, nothing is lost or sent twice')
}

await all().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
