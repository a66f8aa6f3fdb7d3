// Every list that grows, as the person sees it who works with it: another order, a kept group of filters, a sheet, on a desk and a phone;
// and what people do wrong with the search and with beginning.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { launch } from './browser.mjs'
import { field, Person } from './person.mjs'
import { binary, startPlatform } from './platform.mjs'

const shots = new URL('../../build/screenshots/', import.meta.url).pathname
const own = new URL('own', import.meta.url).pathname
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const troubles = []

/** The list of an address: who works with it, an order that is not the usual one, whether it can be taken out. */
const lists = [
  ['BUREAU_CHIEF', '/projects', 'name', true],
  ['BUREAU_CHIEF', '/inbox', '-createdAt', true],
  ['BUREAU_REVIEW_A', '/begin', '-movedAt', true],
  ['BUREAU_CHIEF', '/rectifications', 'dueOn', true],
  ['BUREAU_CHIEF', '/cases', 'movedAt', true],
  ['BUREAU_CHIEF', '/service-items', 'name', false],
  ['BUREAU_CHIEF', '/stuck', '-receivedOn', true],
  ['AUDITOR', '/audit', 'at', false],
  ['SYS_ADMIN', '/accounts', 'name', true],
]

async function look(page, name) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }))
  for (const v of violations) if (['serious', 'critical'].includes(v.impact)) troubles.push(`${name}: ${v.id}, ${v.nodes.length} times, such as ${v.nodes[0].html.slice(0, 200)}`)
  await page.screenshot({ path: join(shots, `lists-${name}.png`), fullPage: true, animations: 'disabled' })
}

async function walk({ page }, [, path, order, sheet]) {
  const name = path.replaceAll('/', '-').slice(1)
  await page.setViewportSize({ width: 1280, height: 1000 })
  await page.goto(path)
  const tools = page.locator(`.tools:has(> [data-test=sort] > option[value="${order}"])`) // a page may have a second list
  await tools.locator('[data-test=sort]').selectOption(order)
  await page.waitForURL((url) => url.searchParams.get('sort') === order)
  await page.waitForLoadState('networkidle')
  if (await page.locator('[role=alert]').count()) troubles.push(`${path}?sort=${order}: ${await page.locator('[role=alert]').first().innerText()}`)
  await tools.locator('[data-test=keep-view]').click()
  await tools.getByLabel('起个名字').fill('换个次序')
  await tools.getByRole('button', { name: '存', exact: true }).click()
  await tools.locator('[data-test=views] option', { hasText: '换个次序' }).waitFor({ state: 'attached' })
  await page.goto(path)
  await tools.locator('[data-test=views]').selectOption({ label: '换个次序' })
  await page.waitForURL((url) => url.searchParams.get('sort') === order)
  if (sheet) {
    const href = await tools.locator('[data-test=export]').getAttribute('href')
    assert.ok(href.includes(`sort=${encodeURIComponent(order)}`), href)
    const answer = await page.request.get(href)
    assert.equal(answer.status(), 200, `${href}: ${answer.status()}`)
    assert.equal((await answer.body()).subarray(0, 2).toString(), 'PK')
  }
  await look(page, name)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.waitForLoadState('networkidle')
  const wide = () => document.documentElement.scrollWidth - innerWidth
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth, null, { timeout: 5_000 }).catch(() => {}) // the desk's page gives way to the phone's
  const over = await page.evaluate(wide)
  if (over > 0) troubles.push(`${name}: ${over} px wider than a phone`)
  await look(page, `${name}-phone`)
}

/** A double click begins once; a search of one character, or of signs, says what to do. */
async function mistakes({ page }) {
  await page.setViewportSize({ width: 1280, height: 1000 })
  await page.goto('/begin')
  await page.getByRole('link', { name: '信息发布审核' }).click()
  await page.locator('form .btn.p').waitFor()
  await page.locator('form .btn.p').click()
  await page.locator('[role=alert]').first().waitFor()
  for (const words of ['水', `%_'"`]) {
    await page.goto(`/search?q=${encodeURIComponent(words)}`)
    await page.waitForLoadState('networkidle')
    const text = await page.locator('main').innerText()
    assert.match(text, /请至少输入两个字|没有找到/, text.slice(0, 300))
  }
}

async function begunOnce(clerk) {
  const { page } = clerk
  await page.goto('/begin')
  await page.getByRole('link', { name: '本局用印' }).click()
  await page.locator(field('/subject')).waitFor()
  await clerk.fill('/subject', '双击一次')
  await clerk.rows('/rows', [{ seal: ['official'], n: '1' }])
  await clerk.fill('/reason', '看双击会不会发起两件')
  await clerk.attach('/scan', '双击')
  await page.locator('form .btn.p').dblclick()
  await page.waitForURL('**/matters/*')
  const { items } = await clerk.get('/api/v1/matters?limit=100')
  assert.equal(items.filter((m) => m.title.includes('双击一次')).length, 1)
  await clerk.page.goto('/begin')
  await clerk.page.getByRole('link', { name: '双击一次' }).first().waitFor()
}

async function main() {
  mkdirSync(shots, { recursive: true })
  const platform = await startPlatform()
  if (platform.data) execFileSync(binary, ['deploy', own, '--database', `sqlite:${join(platform.data, 'quancheng.db')}`, '--reason', '本局用印上线'])
  const browser = await launch()
  const watch = (page) => page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`))
  try {
    const { people } = await (await fetch(`${platform.url}/api/v1/people`)).json()
    const signedIn = new Map()
    const as = async (role) => {
      const id = people.find((p) => p.posts.some((x) => x.role === role))?.id
      if (!id) throw new Error(`nobody is ${role}`)
      if (!signedIn.has(id)) signedIn.set(id, await new Person(browser, platform.url, id, watch).signIn())
      return signedIn.get(id)
    }
    await begunOnce(await as('BUREAU_REVIEW_A'))
    await mistakes(await as('BUREAU_REVIEW_A'))
    for (const list of lists) {
      try {
        await walk(await as(list[0]), list)
      } catch (error) {
        troubles.push(`${list[1]}: ${error.message.split('\n').slice(0, 4).join(' ')}`)
      }
    }
  } catch (error) {
    for (const c of browser.contexts()) for (const p of c.pages()) await p.screenshot({ path: join(shots, `lists-failed-${Date.now()}.png`), fullPage: true }).catch(() => {})
    throw error
  } finally {
    await browser.close()
    await platform.stop()
  }
  if (troubles.length) throw new Error(`${troubles.length} troubles:\n${[...new Set(troubles)].join('\n')}`)
  console.log(`${lists.length} lists were ordered, kept, taken out, on a desk and a phone`)
}

await main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
