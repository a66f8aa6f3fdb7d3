// What is rare in a case, in a real browser: a step of this case alone (追加节点), drawn dashed; a decision on paper signed late (补签)
// with its scan and a second person; and an ended case that is taken up again by two (唤醒).
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from './browser.mjs'
import { field, pdf, Person } from './person.mjs'
import { binary, startPlatform } from './platform.mjs'

const shots = new URL('../../build/screenshots/', import.meta.url).pathname
const own = new URL('own', import.meta.url).pathname
const troubles = []
const watch = (page) => page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`))
const look = (page, name) => page.screenshot({ path: join(shots, `operations-${name}.png`), fullPage: true, animations: 'disabled' })
const panel = (page) => page.locator('section.act')

/** Chooses an operation among those that are done rarely. */
async function rare(page, label) {
  await panel(page).locator('details.rest summary').click()
  await panel(page).locator('details.rest button', { hasText: label }).click()
}

/** Sends what stands in the panel, and gives the server's answer. */
async function send(page, operation) {
  const [answer] = await Promise.all([
    page.waitForResponse((r) => r.request().method() === 'POST' && r.url().endsWith(`/${operation}`)),
    panel(page).locator('[data-test=go]').click(),
  ])
  if (!answer.ok()) throw new Error(`${operation}: ${answer.status()} ${await answer.text()}`)
  return answer
}

async function begin(clerk) {
  const { page } = clerk
  await page.goto('/begin')
  await page.getByRole('link', { name: '本局用印' }).click()
  await page.locator(field('/subject')).fill('合同章')
  await page.locator(field('/reason')).fill('签订运维合同')
  await clerk.rows('/rows', [{ seal: ['official'], n: '1' }])
  await clerk.attach('/scan', '合同文本')
  await page.locator('form .btn.p').click()
  await page.waitForURL('**/matters/*')
  return page.url().split('/').at(-1)
}

async function append(chief, added) {
  const { page } = chief
  await rare(page, '追加节点')
  await panel(page).locator('input[type=search]').fill(added)
  await panel(page).locator('label.who', { hasText: added }).first().click()
  await panel(page).locator('#act-opinion').fill('法制再核')
  await panel(page).locator('#act-reason').fill('合同金额较大，再核一次')
  await look(page, 'append')
  assert.equal((await send(page, 'appendStep')).status(), 200)
}

async function dashed(page, key, state) {
  await page.goto(`/matters/${key}`)
  const box = page.locator(`.djs-overlay .appended.${state}`)
  await box.waitFor()
  assert.equal(await box.textContent(), '法制再核')
  assert.equal(await box.evaluate((x) => getComputedStyle(x).borderTopStyle), 'dashed')
  await look(page, `dashed-${state}`)
}

async function late(chief, task) {
  const { page } = chief
  await page.goto(`/tasks/${task.key}`)
  await rare(page, '补签')
  const today = await page.locator('#act-decidedOn').getAttribute('max')
  const seat = page.locator('#act-seat')
  if (await seat.count()) await seat.selectOption({ index: 1 })
  await page.locator('#act-decidedOn').fill(today)
  await panel(page).locator('input[type=file]').setInputFiles({ name: '签批单.pdf', mimeType: 'application/pdf', buffer: pdf() })
  await panel(page).getByText('签批单.pdf').waitFor()
  await page.locator('#act-opinion').fill('同意用印')
  await page.locator('#act-reason').fill('当时在外开会，先在纸上签批')
  await look(page, 'late')
  assert.equal((await send(page, 'lateSign')).status(), 202, 'nobody signs late alone')
  assert.equal((await chief.get(`/api/v1/tasks/${task.key}`)).state, 'open')
}

/** Confirms, at a place, what waits there for a second person's word. */
async function confirm(person, path) {
  const { page } = person
  await page.goto(path)
  const yes = page.locator('section.note.plum .acts .btn.p').first()
  await yes.waitFor()
  await look(page, `second-${path.split('/')[1]}`)
  const [answer] = await Promise.all([
    page.waitForResponse((r) => r.request().method() === 'POST' && r.url().includes('/confirmations/')),
    yes.click(),
  ])
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`)
  return answer.json()
}

mkdirSync(shots, { recursive: true })
const platform = await startPlatform()
if (platform.data) execFileSync(binary, ['deploy', own, '--database', `sqlite:${join(platform.data, 'quancheng.db')}`, '--reason', '本局用印上线'])
const browser = await launch()
try {
  const { people } = await (await fetch(`${platform.url}/api/v1/people`)).json()
  const holder = (post) => people.find((p) => p.posts.some((x) => x.id === post))
  const as = (post) => new Person(browser, platform.url, holder(post).id, watch).signIn()
  const clerk = await as('BUREAU_REVIEW_A@DP34')
  const key = await begin(clerk)
  const chief = await as('BUREAU_CHIEF@DP34')
  const task = (await chief.get('/api/v1/tasks?scope=open')).items.find((t) => t.name === '科长审核')
  await chief.open(task.key)
  await append(chief, holder('BUREAU_LEGAL@DP34').name)
  await dashed(clerk.page, key, 'waiting')
  await late(chief, task)
  const office = await as('OFFICE@DP34')
  await confirm(office, '/inbox')
  const lawyer = await as('BUREAU_LEGAL@DP34')
  const step = (await lawyer.get('/api/v1/tasks?scope=mine')).items.find((t) => t.name === '法制再核')
  assert.ok(step, 'the appended step has come')
  await dashed(clerk.page, key, 'active')
  await lawyer.open(step.key)
  await lawyer.decide('agree', { opinion: '合同文本合法' })
  await dashed(clerk.page, key, 'completed')
  const use = [...(await office.get('/api/v1/tasks?scope=mine')).items, ...(await office.get('/api/v1/tasks?scope=claimable')).items].find((t) => t.name === '用印登记')
  await office.open(use.key)
  await office.fill('/registerNo', 'YY-2026-001')
  await office.decide('complete')

  await chief.page.goto(`/cases/${key}`)
  const govern = chief.page.locator('[data-test=case]')
  await govern.locator('button.chip', { hasText: '唤醒' }).click()
  await govern.locator('select').selectOption({ label: '用印登记' })
  await govern.locator('textarea').fill('漏盖一份，接着办理')
  await look(chief.page, 'wake')
  await govern.locator('button[type=submit]').click()
  await chief.page.locator('.line .box').waitFor()
  const director = await as('BUREAU_DIRECTOR@DP34')
  await confirm(director, `/cases/${key}`)
  const { reopenedAs } = await clerk.get(`/api/v1/instances/${key}`)
  assert.ok(reopenedAs, 'the case goes on as another one')
  await clerk.page.goto(`/matters/${reopenedAs}`)
  await clerk.page.getByText('用印登记').first().waitFor()
  await look(clerk.page, 'woken')
  assert.deepEqual(troubles, [])
  console.log('a step was put in and drawn dashed, a paper signed late by two, an ended case woken by two')
} catch (error) {
  for (const c of browser.contexts()) for (const p of c.pages()) await p.screenshot({ path: join(shots, `operations-failed-${Date.now()}.png`), fullPage: true }).catch(() => {})
  console.error(error, platform.log().split('\n').slice(-15).join('\n'))
  process.exitCode = 1
} finally {
  await browser.close()
  await platform.stop()
}
