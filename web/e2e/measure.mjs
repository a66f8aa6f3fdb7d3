// A budget line measured by function points in the browser (rule B07): counted, its factors chosen with a reason, the whole
// computation shown to the cent, its figure taken into the line, kept by the server, computed there the same, and there again
// after the page is opened anew; a line that counts nothing is not handed in (FP-8).
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from './browser.mjs'
import { Person } from './person.mjs'
import { startPlatform } from './platform.mjs'

const shots = new URL('../../build/screenshots/', import.meta.url).pathname
mkdirSync(shots, { recursive: true })
const troubles = []
const platform = await startPlatform()
const browser = await launch()
try {
  const clerk = await new Person(browser, platform.url, process.env.QC_CLERK ?? 'zhou-min', (page) => page.on('pageerror', (e) => troubles.push(e.message))).signIn()
  const { page } = clerk
  const { person: { posts } } = await clerk.get('/api/v1/me')
  const { code } = await clerk.post('/api/v1/projects', { name: '应急指挥综合应用平台', type: '新建', dept: posts[0].dept, mlpsLevel: 2, lines: [{ category: '软件开发', name: '应用软件开发', unit: '项', qty: '1', unitPrice: '3520000.00' }] })
  await page.goto(`/projects/${code}/application?step=budget`)
  await page.locator('[data-test=points]').click()
  const put = async (id, value) => page.locator(`[id="points-1-${id}"]`).fill(value)
  await put('module-0', '值守应急')
  await put('ilf-0', '280')
  await page.locator('[data-test=function-points] input[type=radio][value="1.21"]').check()
  await put('quality', '1.10')
  await put('basis', '需求已由三个股室确认，按招标阶段取 1.21')
  await page.locator('[data-test=cost-result]').getByText('2,702,572.55 元，记 270.26 万元').waitFor()
  await page.screenshot({ path: join(shots, 'measure.png'), fullPage: true, animations: 'disabled' })
  await page.locator('[data-test=take-cost]').click()
  await clerk.kept()
  const kept = await clerk.get(`/api/v1/projects/${code}`)
  assert.equal(kept.lines[0].unitPrice, '2702600.00')
  assert.deepEqual(kept.form.functionPoints, [{ lineNo: 1, module: '值守应急', ilf: 280 }])
  assert.deepEqual(kept.form.costing, [{ lineNo: 1, scf: 1.21, quality: 1.1, basis: '需求已由三个股室确认，按招标阶段取 1.21' }])
  const { results } = await clerk.get(`/api/v1/checks/application/project/${code}`)
  assert.equal(results.find((r) => r.rule === 'B07').value[0].cost, 2702572.55, 'the server computes the same')

  await page.reload()
  await page.locator('[data-test=points]').click()
  await page.locator('[data-test=cost-result]').getByText('2,702,572.55 元').waitFor()
  await put('ilf-0', '0')
  await clerk.kept()
  await page.getByText('第 1 行的功能点合计为 0').first().waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  assert.ok(over <= 0, `${over} px wider than a phone`)
  await page.screenshot({ path: join(shots, 'measure-phone.png'), fullPage: true, animations: 'disabled' })
  assert.deepEqual(troubles, [])
  console.log('a line was measured by function points, to the cent, here and there')
} finally {
  await browser.close()
  await platform.stop()
}
