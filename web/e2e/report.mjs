// The window for what could not be done, and the report as a document, in a real browser against the real binary:
// somebody comes, the head of the hall assigns, the page says who is next; a snapshot is taken, a section written,
// its process begun, its sections handed in, signed by the director, and locked.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { launch } from './browser.mjs'
import { paragraphs } from './docx.mjs'
import { Person } from './person.mjs'
import { startPlatform } from './platform.mjs'

const shots = new URL('../../build/screenshots/', import.meta.url).pathname
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const troubles = []

async function look(page, name) {
  await page.screenshot({ path: join(shots, `report-${name}.png`), fullPage: true, animations: 'disabled' })
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }))
  for (const v of violations) if (['serious', 'critical'].includes(v.impact)) troubles.push(`${name}: ${v.id}, ${v.nodes.length} times, such as ${v.nodes[0].html.slice(0, 200)}`)
}

// A paper is shown in a sandbox, where what sets the language of the page may not write.
const watch = (page) => page.on('pageerror', (error) => !/document is sandboxed/.test(error.message) && troubles.push(`${page.url()}: ${error.message}`))

async function atTheWindow(as) {
  const window = await as('WINDOW@DP05')
  const { page } = window
  await page.goto('/stuck')
  await page.locator('#st-person').fill('张三丰')
  await page.locator('#st-phone').fill('13800002047')
  await page.locator('#st-item').fill('遗产房过户')
  assert.equal(await page.locator('#st-person').inputValue(), '张**', 'a name is masked when its field is left')
  assert.equal(await page.locator('#st-phone').inputValue(), '138****2047')
  await page.locator('#st-visits').fill('3')
  await page.locator('#st-category').selectOption('notAccepted')
  await page.locator('[data-test=stuck-scope]').waitFor()
  await page.locator('#st-unit').selectOption('DP05')
  await page.locator('#st-reason').fill('公证和声明都有，还要一份排查函')
  await look(page, 'stuck-intake')
  await page.locator('[data-test=stuck-intake] button[type=submit]').click()
  await page.waitForURL(/\/stuck\/BC-/)
  const no = page.url().match(/BC-\d+-\d+/)[0]
  await page.getByText('张**').first().waitFor()
  await page.locator('#st-item').fill('公积金怎么提取')
  await page.locator('#st-category').selectOption('question')
  await page.locator('#st-answer').fill('带身份证到 3 号窗口')
  await page.locator('[data-test=stuck-intake] .btn.p').click()
  await page.waitForURL((url) => !url.pathname.includes(no))
  await page.locator('[data-test=consulted]', { hasNotText: /^0$/ }).waitFor()
  await window.leave()

  const head = await as('WINDOW_HEAD@DP34')
  await head.page.goto(`/stuck/${no}`)
  await head.page.locator('[data-test=reveal]').click()
  await head.page.locator('#why').fill('回访前核对电话')
  await head.page.locator('dialog .btn.p').click()
  await head.page.getByText('13800002047').waitFor()
  await look(head.page, 'stuck-case')
  const to = head.page.locator('[data-test=to-task]')
  for (let n = 0; !(await to.isVisible()) && n < 30; n++) {
    await head.page.waitForTimeout(1000)
    await head.page.reload()
    await head.page.locator('.thread').waitFor()
  }
  await to.click()
  await head.page.locator('aside [data-test=go], .ft .btn.p').first().waitFor({ state: 'attached' })
  await head.page.getByText('138****2047').first().waitFor()
  await look(head.page, 'stuck-level')
  await head.leave()

  const other = await as('BUREAU_CHIEF@DP34')
  await other.page.goto(`/stuck/${no}`)
  await other.page.locator('.thread').waitFor()
  assert.equal(await other.page.getByText('张**').count(), 0, 'who has no part sees no name')
  await other.leave()
}

async function report(as) {
  const office = await as('OFFICE@DP34')
  const { page } = office
  await page.goto('/reports')
  await page.locator('#rp-from').fill('2022-01-01')
  await page.locator('#rp-to').fill('2022-06-30')
  await page.locator('[data-test=take]').click()
  await page.waitForURL(/\/reports\/\d+/)
  await page.locator('[data-section="3"] [data-test=edit]').click()
  await page.locator('[data-section="3"] textarea').fill('受理信息化项目 {declared_count} 个，另有 7 项在谈。')
  await page.locator('[data-section="3"] form .btn.p').click()
  await page.locator('[data-section="3"] .raw li', { hasText: '7' }).waitFor()
  await page.locator('[data-section="3"] [data-chip=declared_count]').click()
  await page.locator('[data-test=definition]').waitFor()
  await look(page, 'edit')
  await page.getByRole('link', { name: '与上期比' }).click()
  await page.getByText('与2021年下半年比').waitFor()
  await page.getByRole('link', { name: '快照之后的更正' }).click()
  await page.getByText('快照之后没有变化').or(page.locator('[data-correction]').first()).first().waitFor()
  await page.locator('[data-test=begin]').click()
  await page.locator('[data-test=stage]', { hasText: '各部分编写中' }).waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-test=docx]').click()])
  assert.match(download.suggestedFilename(), /\.docx$/)
  const snapshot = page.url().match(/reports\/(\d+)/)[1]
  await office.leave()
  return snapshot
}

/** All open tasks of an element that a person may do. */
const tasksOf = async (person, element) => (await person.get('/api/v1/tasks?scope=open&limit=100')).items.filter((x) => x.element === element)

/** Does the open tasks of an element, and waits until there is one. */
async function does(person, element, body) {
  for (let n = 0; n < 150; n++) {
    const open = await tasksOf(person, element)
    for (const x of open) await person.post(`/api/v1/tasks/${x.key}/complete`, { version: x.version, ...body })
    if (open.length) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`${person.id} has no task at ${element}`)
}

/** A check that blocks stands with a reason, and with a second person who approves it. */
async function annotated(as, snapshot) {
  const office = await as('OFFICE@DP34')
  const failed = (await office.get(`/api/v1/reports/${snapshot}`)).checks.filter((c) => !c.pass && c.level === 'block')
  const director = await as('BUREAU_DIRECTOR@DP34')
  for (const { id } of failed) {
    await office.post(`/api/v1/reports/${snapshot}/notes/${id}`, { reason: '两家新增单位下半年参加，已与牵头科室核对', footnote: '含下半年新增单位' })
    await director.post(`/api/v1/reports/${snapshot}/notes/${id}/approve`, {})
  }
  await office.leave()
  await director.leave()
}

/** The paper says what the page says: every figure of the snapshot, as it is told. */
function saysTheFigures(paper, { figures }) {
  const text = paragraphs(paper)
  for (const f of figures.filter((x) => x.value)) {
    const yuan = f.unit === '元' ? (Number(f.value) / 10_000).toFixed(2) : f.value
    const told = [f.value, yuan, f.wording].filter(Boolean)
    assert.ok(text.some((p) => told.some((v) => p.includes(v))), `the paper says ${f.id}: ${told.join(' or ')}`)
  }
  assert.ok(text.length > 10, 'the paper has paragraphs')
}

/** A duty of the half-year that comes in when the report is locked already: it is listed as a correction. */
async function aLateFact(office, snapshot) {
  const { page } = office
  await office.post('/api/v1/registers/duty/entries', { fields: { window: '公安', date: '2022-06-26', staff: '值班员甲', handled: 3, calls: 2 }, businessDate: '2022-06-26', reason: '补录漏报的值班台账' })
  await page.goto(`/reports/${snapshot}`)
  await page.getByRole('link', { name: '快照之后的更正' }).click()
  for (const id of ['duty_items', 'duty_calls']) await page.locator(`[data-correction=${id}]`).first().waitFor()
  await look(page, 'corrections')
}

/** The sections are written, the office compiles, the director signs in the browser; the document is locked, numbered and taken out. */
async function signed(as, snapshot) {
  for (const post of ['ORGANISER@DP34', 'BUREAU_CHIEF@DP34', 'OFFICE@DP34']) {
    const person = await as(post)
    const mine = (await person.get(`/api/v1/reports/${snapshot}`)).sections.some((s) => s.owner === post.split('@')[0])
    if (mine) await does(person, 'x1_section', { data: {} })
    if (post.startsWith('OFFICE')) await does(person, 'x1_office', { data: { decision: 'pass' } })
    await person.leave()
  }
  const director = await as('BUREAU_DIRECTOR@DP34')
  await director.page.goto(`/reports/${snapshot}`)
  await director.page.locator('[data-test=to-task]').click()
  await director.page.locator('aside [data-test=go], .ft .btn.p').first().waitFor({ state: 'attached' })
  await look(director.page, 'sign')
  await director.decide('agree', { opinion: '同意印发。' })
  await director.leave()

  const office = await as('OFFICE@DP34')
  const { page } = office
  await page.goto(`/reports/${snapshot}`)
  await page.locator('[data-test=stage]', { hasText: '已锁定' }).waitFor()
  assert.equal(await page.locator('[data-test=edit]').count(), 0, 'a locked report is not written on')
  const kept = async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-test=docx]').click()])
    return readFileSync(await download.path())
  }
  const paper = await kept()
  assert.equal(paper.subarray(0, 2).toString(), 'PK')
  assert.deepEqual(await kept(), paper, 'the same bytes again')
  saysTheFigures(paper, await office.get(`/api/v1/reports/${snapshot}`))
  await look(page, 'signed')
  await aLateFact(office, snapshot)
  assert.deepEqual(await kept(), paper, 'what came later changes no byte of the paper')
  const { document } = await office.get(`/api/v1/reports/${snapshot}`)
  await page.goto(`/documents/${document}`)
  await page.locator('h1').first().waitFor()
  await look(page, 'paper')
  await office.leave()
}

async function main() {
  mkdirSync(shots, { recursive: true })
  const platform = await startPlatform()
  const browser = await launch()
  try {
    const { people } = await (await fetch(`${platform.url}/api/v1/people`)).json()
    const holders = new Map(people.flatMap((p) => p.posts.map((post) => [post.id, p.id])))
    const as = (post, how) => new Person(browser, platform.url, holders.get(post), watch).signIn(how)
    await atTheWindow(as)
    const snapshot = await report(as)
    await annotated(as, snapshot)
    await signed(as, snapshot)
  } catch (error) {
    console.error(platform.log().split('\n').slice(-40).join('\n'))
    for (const c of browser.contexts()) for (const p of c.pages()) await p.screenshot({ path: join(shots, `report-failed-${Date.now()}.png`), fullPage: true }).catch(() => {})
    throw error
  } finally {
    await browser.close()
    await platform.stop()
  }
  if (troubles.length) throw new Error(`${troubles.length} troubles:\n${[...new Set(troubles)].join('\n')}`)
  console.log('a case came to the window, a report is signed and locked')
}

await main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
