// What one person alone does not do, beside tasks, in a real browser: one asks on the page, another finds it in the inbox and confirms
// it; and the sealed account, which two administrators open.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from './browser.mjs'
import { Person } from './person.mjs'
import { startPlatform } from './platform.mjs'

const shots = new URL('../../build/screenshots/', import.meta.url).pathname
const troubles = []
const watch = (page) => page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`))
const look = (page, name) => page.screenshot({ path: join(shots, `second-${name}.png`), fullPage: true, animations: 'disabled' })

/** Fills in the dialog that asks why. */
async function because(page, reason) {
  await page.locator('dialog #why').fill(reason)
  await page.locator('dialog button.p').click()
  await page.locator('dialog #why').waitFor({ state: 'hidden' })
}

async function expert(as) {
  const keeper = await as('OFFICE@DP34')
  await keeper.page.goto('/seconds')
  const form = keeper.page.locator('[data-test=second-ask]')
  await form.locator('select').first().selectOption('blockExpert')
  await form.locator('select').nth(1).selectOption('expert-03')
  await form.locator('input[type=date]').fill(new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10))
  await form.locator('input[minlength]').fill('评审中泄露评审信息')
  await form.locator('button').click()
  await keeper.page.locator('[data-second=blockExpert]').waitFor()
  await look(keeper.page, 'asked')
  assert.equal(await keeper.page.locator('[data-test=second-confirm]').count(), 0, 'who asks confirms nothing')
  await keeper.leave()

  const chief = await as('BUREAU_CHIEF@DP34')
  await chief.page.goto('/inbox')
  await chief.page.locator('[data-test=seconds] [data-second=blockExpert]').waitFor()
  await look(chief.page, 'inbox')
  await chief.page.locator('[data-test=second-confirm]').click()
  await because(chief.page, '情况属实同意限制')
  await chief.page.locator('[data-second=blockExpert]').waitFor({ state: 'detached' })
  const { items } = await chief.get('/api/v1/experts')
  assert.ok(items.find((e) => e.person.id === 'expert-03').blockedUntil)
  await chief.leave()

  const phone = await as('OFFICE@DP34', { onPhone: true })
  await phone.page.goto('/seconds')
  await phone.page.getByText('已复核，已办').first().waitFor()
  assert.ok((await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, 'wider than a phone')
  await look(phone.page, 'phone')
  await phone.leave()
}

async function glass(as) {
  const system = await as('SYS_ADMIN@DP34')
  await system.page.goto('/accounts')
  await system.page.locator('[data-test=break-glass]').click()
  await because(system.page, '流程卡住须应急处理')
  await system.page.getByText('启用应急账号').nth(1).waitFor()
  await system.leave()
  const security = await as('SEC_ADMIN@DP34')
  await security.page.goto('/accounts')
  await security.page.locator('li', { hasText: '启用应急账号' }).locator('button.p').click()
  await because(security.page, '情况属实同意启用')
  await security.page.getByText('应急账号').first().waitFor()
  await look(security.page, 'glass')
  await security.leave()
}

mkdirSync(shots, { recursive: true })
const platform = await startPlatform()
const browser = await launch()
try {
  const { people } = await (await fetch(`${platform.url}/api/v1/people`)).json()
  const holder = (post) => people.find((p) => p.posts.some((x) => x.id === post))?.id
  const as = (post, how) => new Person(browser, platform.url, holder(post), watch).signIn(how)
  await expert(as)
  await glass(as)
  assert.deepEqual(troubles, [])
} catch (error) {
  console.error(platform.log().split('\n').slice(-30).join('\n'))
  throw error
} finally {
  await browser.close()
  await platform.stop()
}
