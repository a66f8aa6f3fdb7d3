// Registers, service items, the campaign and a walk, in a real browser against the real binary: an entry by hand, its
// revision, a sheet with a refused row, a list of items, and one item walked on a phone whose network is dead.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { launch } from './browser.mjs'
import { Person } from './person.mjs'
import { startPlatform } from './platform.mjs'
import { rectified } from './rectified.mjs'

const shots = new URL('../../build/screenshots/', import.meta.url).pathname
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const troubles = []

async function look(page, name) {
  await page.screenshot({ path: join(shots, `registers-${name}.png`), fullPage: true, animations: 'disabled' })
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }))
  for (const v of violations) if (['serious', 'critical'].includes(v.impact)) troubles.push(`${name}: ${v.id}, ${v.nodes.length} times, such as ${v.nodes[0].html.slice(0, 200)}`)
}

const watch = (page) => page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`))
const day = (date, by) => new Date(Date.parse(`${date}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10)
const sheet = (name, text) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(`\uFEFF${text}`) })
/** Days of this kind before a date: 0 Sunday, 6 Saturday. */
const before = (date, kind) => [1, 2, 3, 4, 5, 6, 7].map((n) => day(date, -n)).find((d) => new Date(`${d}T00:00:00Z`).getUTCDay() === kind)

async function duty(as) {
  const office = await as('OFFICE@DP34')
  const { page } = office
  const { now } = await office.get('/api/v1/me')
  const [saturday, sunday, monday] = [6, 0, 1].map((kind) => before(now.slice(0, 10), kind))
  await page.goto('/registers')
  await page.locator('[data-register=duty] a').waitFor()
  await look(page, 'list')
  await page.locator('[data-register=duty] a').click()
  await page.locator('#add-window').selectOption({ label: '税务' })
  await page.locator('#add-date').fill(saturday)
  await page.locator('#add-handled').fill('3')
  await page.locator('#add-calls').fill('4')
  await page.locator('#add-calls').press('Enter')
  await page.locator('[data-entry]').first().waitFor()
  await page.locator('[data-total=duty_items] b', { hasText: '3' }).waitFor()
  await page.locator('#add-date').fill(monday) // a working day: said beside the field, nothing is written
  await page.locator('#add-handled').fill('1')
  await page.locator('#add-handled').press('Enter')
  await page.locator('.summary').waitFor()
  assert.equal(await page.locator('[data-entry]').count(), 1)

  await page.locator('[data-entry]').first().click()
  await page.locator('[data-test=edit]').click()
  await page.locator('#edit-handled').fill('5')
  await page.locator('#edit-reason').fill('漏记两件')
  await page.locator('[data-test=entry] [data-test=keep]').click()
  await page.locator('[data-test=revisions] li').nth(1).waitFor()
  await look(page, 'entry')

  await page.locator('[data-test=import-open]').click()
  await page.locator('#sheet').setInputFiles(sheet('值班.csv', `窗口,日期,办件,电话\n税务,${sunday},2,3\n公安,${monday},1,1\n公积金,${sunday},1,1\n税务,${saturday},6,4\n`))
  await page.locator('[data-test=refused] li').nth(1).waitFor()
  assert.match(await page.locator('[data-test=refused]').textContent(), /第 3 行[\s\S]*第 4 行/)
  assert.equal(await page.locator('[data-entry]').count(), 1, 'a look writes nothing')
  await look(page, 'import')
  await page.locator('[data-test=take]').click()
  await page.locator('[data-test=taken]').waitFor()
  await page.locator('[data-entry]').nth(1).waitFor()
  await page.locator('[data-total=duty_items] b', { hasText: '8' }).waitFor()
  await page.locator('[data-test=by]').selectOption('window')
  await page.locator('tr[data-part]').first().waitFor()
  await look(page, 'parted')
  await page.locator('[data-total=duty_calls]').click()
  await page.waitForURL(/total=duty_calls/)
  await page.locator('.drill').waitFor()
  await page.goto(`/registers/duty?from=${sunday}&to=${sunday}`)
  await page.locator('[data-entry]').first().waitFor()
  assert.equal(await page.locator('[data-entry]').count(), 1, 'the filter stands in the address')
  await month(page)
  await office.leave()
}

/** The duty of a month by two windows from a sheet: three rows are refused, each with its row and column, the others come in. */
async function month(page) {
  const off = ['04', '05', '11', '12', '18', '19', '25', '26'].map((d) => `2022-06-${d}`)
  const rows = off.flatMap((d, n) => [`医保,${d},方蕾,${n % 3},${n % 4}`, `人社,${d},许茜,${n % 2},${n % 5}`])
  const wrong = ['医保,2022-06-13,方蕾,1,1', '公积金,2022-06-26,某人,1,0', '房产,2022-06-26,宋薇,３,0']
  await page.goto('/registers/duty?from=2022-06-01&to=2022-06-30')
  await page.locator('[data-test=import-open]').click()
  await page.locator('#sheet').setInputFiles(sheet('六月值班.csv', `窗口,日期,值班人,办件,电话\n${[...rows, ...wrong].join('\n')}\n`))
  await page.locator('[data-test=refused] li').nth(2).waitFor()
  assert.match(await page.locator('[data-test=refused]').textContent(), /第 18 行[\s\S]*第 19 行[\s\S]*第 20 行/)
  assert.equal(await page.locator('[data-test=refused] li').count(), 3)
  await look(page, 'month')
  await page.locator('[data-test=take]').click()
  await page.locator('[data-test=taken]').waitFor()
  await page.locator('[data-entry]').nth(15).waitFor()
  assert.equal(await page.locator('[data-entry]').count(), 16)
}

/** A unit that has both a walker and a coordinator. */
const walkingUnit = (holders) => [...holders.keys()].filter((p) => p.startsWith('WALKER@')).map((p) => p.split('@')[1]).find((u) => holders.has(`WALK_COORDINATOR@${u}`))

async function items(as, unit) {
  const organiser = await as('ORGANISER@DP34')
  const { page } = organiser
  const { now } = await organiser.get('/api/v1/me')
  await page.goto('/service-items')
  await page.locator('[data-test=import-open]').click()
  const year = now.slice(0, 4)
  const { departments } = await organiser.get('/api/v1/reference')
  const name = departments.find((d) => d.id === unit).name
  await page.locator('#sheet').setInputFiles(sheet('事项.csv', `事项编码,事项名称,实施单位,类别,法定时限,承诺时限,材料,环节,生效日期\nSX-E1,商品房预售许可,${name},行政许可,20,5,身份证、申请表,受理、领证,${year}-01-01\nSX-E2,燃气经营许可,没有的单位,行政许可,20,5,身份证,受理,${year}-01-01\n`))
  await page.locator('[data-test=import] [data-test=take], [data-test=import] .summary').first().waitFor()
  await look(page, 'items-import')
  await page.locator('[data-test=take]').click()
  await page.locator('[data-item="SX-E1"]').click()
  await page.locator('[data-test=edit-item]').click()
  await page.locator('[data-test=item] input[type=number]').nth(1).fill('3')
  await page.locator('[data-test=item] .btn.p').click()
  await page.locator('[data-test=versions] li').nth(1).waitFor()
  await look(page, 'item')
  await page.goto('/campaigns')
  await page.locator('[data-test=begin-campaign]').click()
  await page.locator('#c-name').fill('局长走流程')
  await page.locator(`[data-pick=${unit}]`).check()
  await page.locator('[data-test=begin-go]').click()
  await page.waitForURL(/campaigns\/[^/]+$/)
  const campaign = page.url().split('/').at(-1)
  await organiser.leave()
  return campaign
}

/** Whoever has this task does it: complete or agree. */
async function task(person, element, operation, body) {
  for (let i = 0; i < 100; i++) {
    const found = (await person.get('/api/v1/tasks?scope=open&limit=100')).items.find((x) => x.element === element)
    if (found) return person.post(`/api/v1/tasks/${found.key}/${operation}`, { version: found.version, ...body })
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`${person.id} has no task at ${element}`)
}

async function walk(as, unit, campaign) {
  const coordinator = await as(`WALK_COORDINATOR@${unit}`)
  await coordinator.page.goto(`/campaigns/${campaign}?unit=${unit}`)
  await coordinator.page.locator('[data-test=write-list]').click()
  await coordinator.page.locator('[data-test=codes]').fill('SX-E1')
  await coordinator.page.locator('[data-test=unit] form .btn.p').click()
  await coordinator.page.locator('[data-test=unit] .items li').first().waitFor()
  await task(coordinator, 'w1u_list', 'complete', { data: {} })
  await coordinator.leave()
  const organiser = await as('ORGANISER@DP34')
  await task(organiser, 'w1u_approve', 'agree', { opinion: '同意' })

  const walker = await as(`WALKER@${unit}`, { onPhone: true })
  const { page } = walker
  await page.goto(`/campaigns/${campaign}/walk`)
  await page.locator('[data-item="SX-E1"]').click()
  await page.locator('[data-test=ticket]').fill('A037')
  await page.locator('[data-role=企业]').click()
  await page.locator('[data-channel=window]').click()
  await look(page, 'walk-1')
  await walker.context.setOffline(true)
  await page.locator('[data-test=begin]').click()
  await page.locator('.mt input').first().check()
  await page.locator('[data-test=extra]').fill('规划许可证复印件')
  await page.locator('[data-test=extra]').press('Enter')
  await page.locator('.opt', { hasText: '+5' }).click()
  await look(page, 'walk-2')
  await page.locator('[data-test=next]').click()
  await page.locator('[data-test=finish]').click()
  await page.locator('[data-result=办成]').click()
  await page.locator('[data-test=add-issue]').click()
  await page.locator('[data-test=issue-0]').fill('规划许可证已共享仍要复印件')
  await page.locator('[data-test=kind-0]').selectOption('MAT')
  await look(page, 'walk-3')
  await page.locator('[data-test=hand-in]').click()
  await page.locator('[data-state=kept]').waitFor()
  await page.locator('[data-test=waiting]').waitFor()
  await look(page, 'walk-4-waiting')
  assert.equal((await organiser.get(`/api/v1/campaigns/${campaign}/walks`)).items.length, 0)
  await walker.context.setOffline(false)
  await page.locator('[data-state=sent]').waitFor()
  await page.reload()
  await page.locator('h1').waitFor()
  assert.equal((await organiser.get(`/api/v1/campaigns/${campaign}/walks`)).items.length, 1, 'sent once')
  await walker.leave()

  await organiser.page.goto(`/campaigns/${campaign}`)
  await organiser.page.locator(`[data-unit=${unit}]`).click()
  await organiser.page.locator('[data-test=unit]').waitFor()
  await look(organiser.page, 'campaign')
  await organiser.page.locator('[data-sum=walked]').click()
  await organiser.page.locator('[data-walk]').waitFor()
  await organiser.page.locator('[data-test=bulletin]').click()
  await organiser.page.locator('details summary').first().waitFor()
  await organiser.leave()
}

async function main() {
  mkdirSync(shots, { recursive: true })
  const platform = await startPlatform()
  const browser = await launch()
  try {
    const { people } = await (await fetch(`${platform.url}/api/v1/people`)).json()
    const holders = new Map(people.flatMap((p) => p.posts.map((post) => [post.id, p.id])))
    const as = (who, how) => new Person(browser, platform.url, who.includes('@') ? holders.get(who) : who, watch).signIn(how)
    const unit = walkingUnit(holders)
    await duty(as)
    const campaign = await items(as, unit)
    await walk(as, unit, campaign)
    await rectified(as, unit, campaign, look)
  } catch (error) {
    console.error(platform.log().split('\n').slice(-40).join('\n'))
    for (const c of browser.contexts()) for (const p of c.pages()) await p.screenshot({ path: join(shots, `registers-failed-${Date.now()}.png`), fullPage: true }).catch(() => {})
    throw error
  } finally {
    await browser.close()
    await platform.stop()
  }
  if (troubles.length) throw new Error(`${troubles.length} troubles:\n${[...new Set(troubles)].join('\n')}`)
  console.log('a register is kept, a sheet came in, an item was walked, what it found is closed')
}

await main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
