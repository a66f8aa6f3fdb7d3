// Somebody leaves, in a real browser against the real binary: what only he could do is listed with receivers, the section
// head asks, the deputy director confirms on the same page, and the receiver finds the task in his inbox.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { launch } from './browser.mjs'
import { Person } from './person.mjs'
import { startPlatform } from './platform.mjs'

const shots = new URL('../../build/screenshots/', import.meta.url).pathname
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const troubles = []

async function look(page, name) {
  await page.screenshot({ path: join(shots, `handover-${name}.png`), fullPage: true, animations: 'disabled' })
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }))
  for (const v of violations) if (['serious', 'critical'].includes(v.impact)) troubles.push(`${name}: ${v.id}, ${v.nodes.length} times, such as ${v.nodes[0].html.slice(0, 200)}`)
}

const watch = (page) => page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`))

async function story(as) {
  const clerk = await as('APPLY_CLERK@DP18')
  await clerk.post('/api/v1/projects', { name: '交接试验项目', type: '新建', dept: 'DP18', lines: [] })
  const leaving = clerk.id
  await clerk.leave()

  const head = await as('BUREAU_CHIEF@DP34')
  await head.page.goto(`/handover?person=${leaving}`)
  const list = head.page.locator('[data-test=holding]')
  await list.locator('tbody tr').first().waitFor()
  await look(head.page, 'list')
  await list.locator('input[name=reason]').fill('调离本单位，办理交接')
  assert.ok(await list.locator('tbody select option').count(), 'a receiver is proposed')
  await list.locator('[data-test=ask]').click()
  await head.page.locator('[data-test=waiting] article').first().waitFor()
  assert.equal(await head.page.locator('[data-test=waiting] [data-test=confirm]').count(), 0, 'who has asked does not confirm')
  await head.leave()

  const second = await as('BUREAU_DEPUTY@DP34')
  await second.page.goto('/handover')
  await second.page.locator('[data-test=waiting] [data-test=confirm]').first().click()
  await second.page.locator('.line .box').waitFor()
  await second.page.goto(`/handover?person=${leaving}`)
  await second.page.locator('[data-test=past] li', { hasText: '已交给' }).first().waitFor()
  await look(second.page, 'done')
  await second.leave()

  const receiver = await as('APPLY_LEADER@DP18')
  await receiver.page.goto('/inbox')
  await receiver.page.getByText('交接试验项目').first().waitFor()
  await receiver.leave()
}

mkdirSync(shots, { recursive: true })
const platform = await startPlatform()
const browser = await launch()
try {
  const { people } = await (await fetch(`${platform.url}/api/v1/people`)).json()
  const holder = (post) => people.find((p) => p.posts.some((x) => x.id === post)).id
  await story((post) => new Person(browser, platform.url, holder(post), watch).signIn())
  if (troubles.length) throw new Error([...new Set(troubles)].join('\n'))
  console.log('handed over; screenshots in build/screenshots')
} catch (error) {
  console.error(error, platform.log().split('\n').slice(-30).join('\n'))
  process.exitCode = 1
} finally {
  await browser.close()
  await platform.stop()
}
