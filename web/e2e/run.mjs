// A project's whole life in a real browser against the real binary: application by hand, review, trimming,
// approval, the fake bureaus' budget, award and filing, a failed acceptance, rectification, final acceptance,
// payment, archive. Each page is photographed into build/screenshots and looked at by axe.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { launch } from './browser.mjs'
import { Person, patience } from './person.mjs'
import { startPlatform } from './platform.mjs'
import { backs } from './back.mjs'
import { clickTwice, halfRow, offlineOnce, takeBack, twoBrowsers } from './records.mjs'
import { rulePack } from './rulepack.mjs'
import { answered, planned, prepared, quoted } from './proper.mjs'
import { pasted, script } from './script.mjs'

const shots = new URL('../../build/screenshots/', import.meta.url).pathname
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const began = Date.now()
const say = (text) => console.log(`${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s  ${text}`)

const troubles = [] // what is wrong with pages, told at the end
let number = 0

/** Photographs a page and asks axe about it. */
async function look(page, name) {
  await page.screenshot({ path: join(shots, `${String(++number).padStart(2, '0')}-${name}.png`), fullPage: true, animations: 'disabled' })
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }))
  for (const v of violations) {
    if (['serious', 'critical'].includes(v.impact)) troubles.push(`${name}: ${v.id} (${v.impact}), ${v.nodes.length} times, such as ${v.nodes[0].html.slice(0, 200)}`)
  }
}

function watch(page) {
  page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`))
  page.on('console', (message) => message.type() === 'error' && !/status of (401|409|422)|ERR_INTERNET_DISCONNECTED/.test(message.text()) && troubles.push(`${page.url()}: ${message.text()}`))
}

async function main() {
  rmSync(shots, { recursive: true, force: true })
  mkdirSync(shots, { recursive: true })
  const platform = await startPlatform()
  say(`platform at ${platform.url}`)
  const browser = await launch()
  try {
    await life(browser, platform.url)
  } catch (error) {
    console.error(platform.log().split('\n').slice(-60).join('\n'))
    throw error
  } finally {
    await browser.close()
    await platform.stop()
  }
  if (troubles.length) throw new Error(`${troubles.length} troubles:\n${[...new Set(troubles)].join('\n')}`)
  say(`done; ${number} screenshots in build/screenshots`)
}

async function life(browser, url) {
  const { people } = await (await fetch(`${url}/api/v1/people`)).json()
  const holders = new Map()
  for (const person of people) for (const post of person.posts) holders.set(post.id, [...(holders.get(post.id) ?? []), person.id])
  const first = (post) => holders.get(post)?.[0]
  const as = (id, how) => new Person(browser, url, id.includes('@') ? first(id) : id, watch).signIn(how)

  if (process.env.QC_ONLY === 'rulepack') return rulePack(as, look, say)
  const clerkPost = [...holders.keys()].find((id) => id.startsWith('APPLY_CLERK@') && first(id.replace('APPLY_CLERK', 'APPLY_LEADER')))
  const dept = clerkPost.split('@')[1]
  const clerk = await as(first(clerkPost))
  const chief = await as('BUREAU_CHIEF@DP34')
  if (process.env.QC_ONLY === 'tour') return tour(as, await as('BUREAU_CHIEF@DP34'), process.env.QC_CODE)
  const code = process.env.QC_CODE ?? (await apply(clerk, dept, chief)) // QC_CODE: goes on with a project of QC_SERVER
  if (!process.env.QC_CODE) {
    say(`${code} submitted by ${clerk.id} of ${dept}`)
    await clickTwice(clerk, chief, as, dept, say)
  }
  await clerk.leave()

  await play(as, chief, code, dept)
  await rulePack(as, look, say)
  await tour(as, chief, code)
  await chief.leave()
}

/** The application by hand: basics, lines pasted from a spreadsheet, submit. The rest of the form is filled beside it. */
async function apply(clerk, dept, head) {
  const { page } = clerk
  await look(page, 'inbox-empty')
  await page.goto('/projects')
  await page.locator('a[href="/projects/new"]').click()
  await page.locator('#name').fill('智慧停车管理系统（浏览器测试）')
  await page.locator('#type').selectOption({ index: 1 })
  await look(page, 'new-project')
  await page.locator('form [type=submit].p').click()
  await page.waitForURL('**/application*')
  const code = page.url().match(/projects\/([^/]+)\//)[1]
  await page.goto('/inbox')
  const unit = (await clerk.get('/api/v1/me')).person.posts.find((p) => p.dept === dept).deptName
  await planned(head, unit, '智慧停车管理系统', '240万', look)
  await prepared(clerk, head, code, ['1880000.00', '50000.00', '120000.00'], '2400000.00', true)
  await page.goto(`/projects/${code}/application?step=basics`)
  await clerk.fill('/contact', '陆小桥')
  await clerk.fill('/planEntry', '智慧停车') // typed in part, chosen by what it can only mean
  await page.getByText('已保存到服务器').first().waitFor()
  await page.goto(`/projects/${code}/application?step=security`)
  await page.locator('#mlps').selectOption('1')
  await page.goto(`/projects/${code}/application?step=budget`)

  const cell = page.locator('[data-col=name]').first()
  await cell.waitFor()
  const categories = await page.locator('tbody select').first().locator('option').evaluateAll((all) => all.map((o) => o.textContent))
  const named = (pattern, fallback) => categories.find((c) => pattern.test(c)) ?? categories[fallback]
  const text = pasted.replaceAll('{software}', named(/软件/, 1)).replaceAll('{hardware}', named(/硬件|服务器/, 2))
  await cell.evaluate((input, data) => {
    const clipboard = new DataTransfer()
    clipboard.setData('text/plain', data)
    input.dispatchEvent(new ClipboardEvent('paste', { clipboardData: clipboard, bubbles: true, cancelable: true }))
  }, text)
  await page.getByText('2,400,000.00').first().waitFor()
  await clerk.kept()
  await halfRow(clerk, code, look)
  await offlineOnce(clerk, code)
  await page.goto(`/projects/${code}/application?step=budget`)
  await page.getByText('2,400,000.00').first().waitFor()
  await page.goto('/inbox')
  await quoted(clerk, code, ['1880000.00', '50000.00', '120000.00']) // they stand with the lines, which the page has just made
  await answered(clerk, code, 'application', `APPLY_CLERK@${dept}`)
  await page.goto(`/projects/${code}/application?step=budget`)
  await look(page, 'application')
  await page.locator('[data-test=submit]').click()
  await page.waitForURL(`**/projects/${code}`)
  await page.locator('.line .box').waitFor()
  return code
}

/** Does whatever is open, as whoever holds it, until the project is archived. */
async function play(as, chief, code, dept) {
  const visits = new Map()
  const today = new Date((await chief.get('/api/v1/me')).now).toLocaleDateString('en-CA', { timeZone: 'Asia/Shanghai' })
  let moved = Date.now()
  for (;;) {
    const project = await chief.get(`/api/v1/projects/${code}`)
    if (project.stage === 'ARCHIVED') break
    const rectifications = (await chief.get(`/api/v1/projects/${code}/rectifications`)).items
    const open = [...project.openTasks, ...rectifications.flatMap((r) => r.openTasks ?? [])].filter((t) => t.key && script[t.element])
    if (!open.length) {
      if (Date.now() - moved > 2 * patience) throw new Error(`stands still in ${project.stage}: ${JSON.stringify(project.openTasks)}`)
      await new Promise((resolve) => setTimeout(resolve, 500))
      continue
    }
    const task = open.find((t) => !script[t.element].last) ?? open[0]
    const visit = (visits.get(task.element) ?? 0) + 1
    visits.set(task.element, visit)
    if (visit > 20) throw new Error(`goes in circles at ${task.element}`)
    await act(as, task, { code, dept, today, visit, unique: `${code}-${visit}` })
    moved = Date.now()
  }
  if (process.env.QC_CODE) return
  for (const element of [...Object.keys(backs), 'p3_opinion', 'p4_answer', 'p5_leader', 'p6_plan', 'p7_sign', 'r1_verify', 'p9_final', 'p10_verify', 'p12_collect']) {
    if (!visits.has(element)) throw new Error(`the story never came to ${element}`)
  }
  if (visits.get('p9_prelim') !== 2) throw new Error(`the preliminary acceptance should fail once and pass once, not ${visits.get('p9_prelim')} times`)
  say(`${code} archived after ${[...visits.values()].reduce((a, b) => a + b)} tasks`)
}

async function act(as, task, given) {
  const step = script[task.element]
  const person = await as(task.holders[0].id, { onPhone: step.onPhone })
  if (step.answers) await as('BUREAU_REVIEW_A@DP34').then((a) => answered(a, given.code, step.answers).then(() => a.leave()))
  try {
    await person.open(task.key)
    if (process.env.QC_CODE) await person.page.locator('[data-test=discard]').click({ timeout: 2000 }).catch(() => {}) // what a failed run left
    const detail = await person.get(`/api/v1/tasks/${task.key}`)
    const all = { ...given, data: detail.data, look, task, issue: detail.rectification ?? detail.data.issueNo }
    const back = given.visit === 1 ? backs[task.element] : undefined
    if (back) await back.half(person, all).then(() => person.goAndComeBack(task.key))
    await (back?.instead ?? step.fill)?.(person, all)
    if (step.twoBrowsers && given.visit === 1) await twoBrowsers(as, person, task.key, look)
    if (given.visit === 1) await look(person.page, task.element)
    const said = back?.opinion ? { ...step, opinion: back.opinion } : step
    const sent = await person.decide(step.operation ?? 'complete', said)
    if (back) await back.recorded(person, all, sent)
    if (step.second) await confirmed(as, step.second, task.element)
    if (step.recall && given.visit === 1) await takeBack(person, task.key)
    say(`${task.element} ${task.name}: ${person.id}`)
  } catch (error) {
    await person.page.screenshot({ path: join(shots, `failed-${task.element}.png`), fullPage: true }).catch(() => {})
    error.message = `${task.element} (${person.id}): ${error.message}`
    throw error
  } finally {
    await person.leave()
  }
}

/** The second person confirms in his inbox what was submitted. */
async function confirmed(as, post, element) {
  const second = await as(post)
  try {
    const waiting = second.page.locator('[data-test=confirmations]')
    await waiting.waitFor()
    await look(second.page, `second-${element}`)
    await Promise.all([second.page.waitForResponse((r) => r.request().method() === 'POST' && /\/confirmations\/\d+$/.test(r.url()) && r.ok()), waiting.locator('.btn.p').first().click()])
    await second.page.locator('.line .box').waitFor()
  } finally {
    await second.leave()
  }
}

/** The pages around the tasks, also dark, small and in English. */
async function tour(as, chief, code) {
  const { page } = chief
  const visit = async (who, path, ready, name) => {
    await who.page.goto(path)
    await who.page.locator(ready).first().waitFor()
    await who.page.waitForLoadState('networkidle').catch(() => {}) // live updates keep one connection open
    await look(who.page, name)
  }
  await visit(chief, `/projects/${code}`, '.djs-container svg', 'project')
  for (const text of process.env.QC_CODE ? ['归档'] : ['归档', '240.00', '225.00']) await page.getByText(text).first().waitFor()
  await visit(chief, '/projects', 'table tbody tr', 'projects')
  await visit(chief, '/rectifications', 'h1', 'rectifications')
  await visit(chief, '/report', '[data-figure=declared_total]', 'report')
  await page.locator('[data-figure=declared_count]').click()
  await page.locator('.rows table').waitFor()
  await page.getByRole('link', { name: code }).first().waitFor()
  await visit(chief, '/inbox?scope=done', '.list', 'inbox-done')

  const small = await as(chief.id, { onPhone: true })
  for (const [path, ready, name] of [['/inbox', 'h1', 'phone-inbox'], [`/projects/${code}`, '.stage', 'phone-project'], ['/report', '[data-figure]', 'phone-report']]) await visit(small, path, ready, name)
  await small.leave()
  const english = await as(chief.id, { dark: true, language: 'en' })
  for (const [path, ready, name] of [[`/projects/${code}`, '.stage', 'english-project'], ['/report', '[data-figure]', 'english-report'], ['/inbox', 'h1', 'english-inbox']]) await visit(english, path, ready, name)
  await english.leave()

  const liaison = await as('FINANCE_LIAISON@DP22')
  await visit(liaison, '/operations', 'table tbody tr', 'operations')
  await liaison.page.locator('#offline button').first().click()
  await look(liaison.page, 'offline-registration')
  await liaison.leave()
}

await main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
