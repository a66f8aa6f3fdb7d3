// A process of the county's own, written with files alone (web/e2e/own, by docs/process-authoring.md): deployed, found in the
// catalogue, begun with files over a broken line, withdrawn, handed in again, returned, mended, agreed and ended, with pictures.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { launch } from './browser.mjs'
import { field, pdf, Person } from './person.mjs'
import { binary, startPlatform } from './platform.mjs'

const shots = new URL('../../build/screenshots/', import.meta.url).pathname
const own = new URL('own', import.meta.url).pathname
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const troubles = []

async function look(page, name) {
  await page.screenshot({ path: join(shots, `begin-${name}.png`), fullPage: true, animations: 'disabled' })
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }))
  for (const v of violations) if (['serious', 'critical'].includes(v.impact)) troubles.push(`${name}: ${v.id}, ${v.nodes.length} times, such as ${v.nodes[0].html.slice(0, 200)}`)
}
function watch(page) {
  page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`))
}
/** How wide the page is against its window: nothing may have to be scrolled sideways. */
async function narrow(page, name) {
  await page.setViewportSize({ width: 390, height: 844 })
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  if (over > 0) troubles.push(`${name}: ${over} px wider than a phone`)
  await look(page, `${name}-phone`)
  await page.setViewportSize({ width: 1280, height: 1000 })
}

/** A PNG of one point. */
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const big = Buffer.concat([pdf(), Buffer.alloc(3_400_000, '%\n')])

/** Drops or pastes files on a field, as a mouse or a keyboard does. */
async function put(page, pointer, how, files) {
  await page.locator(field(pointer)).evaluate(
    (input, { how, files }) => {
      const data = new DataTransfer()
      for (const f of files) data.items.add(new File([Uint8Array.from(f.bytes)], f.name, { type: f.type }))
      const event = how === 'drop' ? new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }) : new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data })
      input.parentElement.dispatchEvent(event)
    },
    { how, files: files.map((f) => ({ ...f, bytes: [...f.bytes] })) },
  )
}

async function uploads({ page }) {
  // A large file over a line that breaks: it waits, says so, and goes on.
  let cut = false
  await page.route('**/api/v1/uploads/*', async (route) => {
    if (route.request().method() === 'PATCH' && !cut && Number(route.request().headers()['upload-offset']) > 0) {
      cut = true
      return route.abort('connectionfailed')
    }
    return route.continue()
  })
  await page.locator(field('/scan')).setInputFiles({ name: '合作协议.pdf', mimeType: 'application/pdf', buffer: big })
  await page.locator('[data-sending=waiting]').waitFor()
  await look(page, 'broken-line')
  await page.getByRole('link', { name: '合作协议' }).waitFor()
  await page.unroute('**/api/v1/uploads/*')
  assert.ok(cut)

  await put(page, '/scan', 'drop', [{ name: '附图.png', type: 'image/png', bytes: png }, { name: '说明.txt', type: 'text/plain', bytes: Buffer.from('盖在第三页') }])
  await page.getByRole('link', { name: '附图' }).waitFor()
  await page.getByRole('link', { name: '说明' }).waitFor()
  await put(page, '/scan', 'paste', [{ name: '附图再贴.png', type: 'image/png', bytes: png }])
  await page.locator('[data-test=twins]').getByText('附图').waitFor()
  await look(page, 'files')

  for (const [name, shows] of [['合作协议', 'iframe'], ['附图', 'img'], ['说明', 'pre']]) {
    await page.getByRole('button', { name: `预览 ${name}`, exact: true }).click()
    await page.locator(`dialog.preview ${shows}`).waitFor()
    if (shows === 'pre') await page.locator('dialog.preview pre').getByText('盖在第三页').waitFor()
    if (shows === 'img') assert.ok(await page.locator('dialog.preview img').evaluate((i) => i.decode().then(() => i.naturalWidth)))
    await page.locator('dialog.preview').getByRole('button', { name: '关闭' }).click()
    await page.locator('dialog.preview').waitFor({ state: 'detached' })
  }
  await page.getByLabel('给 说明 换新版').setInputFiles({ name: '说明改.txt', mimeType: 'text/plain', buffer: Buffer.from('盖在第四页') })
  await page.getByText('第 2 版').waitFor()
  await page.getByRole('button', { name: '删除 附图再贴' }).click()
}

async function begin(clerk) {
  const { page } = clerk
  await page.setViewportSize({ width: 1280, height: 1000 })
  await page.goto('/begin')
  await page.getByRole('link', { name: '本局用印' }).waitFor()
  await look(page, 'catalogue')
  await narrow(page, 'catalogue')
  await page.getByRole('link', { name: '本局用印' }).click()
  await page.locator(field('/subject')).waitFor()
  await page.getByText('一次不超过 500 份').waitFor() // the form's own HTML
  await page.locator('form .btn.p').click()
  await page.locator('[role=alert]').first().waitFor() // what is missing is said
  await clerk.fill('/subject', '政务数据共享协议')
  await clerk.rows('/rows', [{ seal: ['contract'], n: '3' }, { seal: ['official'], n: '2' }])
  await page.locator('.computed b').getByText('5').waitFor()
  await clerk.fill('/reason', '与县税务局共享数据')
  assert.equal(await page.locator(field('/returnBy')).count(), 0)
  await clerk.tick('/takenOut')
  await page.locator(field('/returnBy')).fill('2099-11-25T17:00')
  await uploads(clerk)
  await look(page, 'form')
  await page.locator('form .btn.p').click()
  await page.waitForURL('**/matters/*')
  await page.getByRole('heading', { name: '科长审核' }).waitFor()
  return page.url()
}

/** The task of an element that a person has. */
async function taskOf(person, name) {
  for (const scope of ['mine', 'claimable']) {
    const { items } = await person.get(`/api/v1/tasks?scope=${scope}&limit=100`)
    const found = items.find((x) => x.name === name)
    if (found) return found.key
  }
  throw new Error(`${person.id} has no task ${name}`)
}

async function withdraw({ page }, matter) {
  await page.goto(matter)
  await page.locator('input[name=act][value=withdraw]').check()
  await page.locator('.side textarea').fill('份数写错了')
  await look(page, 'withdraw')
  await page.locator('.side button.btn.p').click()
  await page.getByRole('link', { name: '修改后重报' }).first().waitFor()
}

async function mend(clerk, copies) {
  await clerk.page.goto(`/tasks/${await taskOf(clerk, '修改后重报')}`)
  await clerk.page.locator(field('/rows/0/n')).waitFor()
  assert.equal(await clerk.page.locator(field('/subject')).inputValue(), '政务数据共享协议')
  await clerk.fill('/rows/0/n', copies)
  await clerk.decide('complete')
}

async function main() {
  mkdirSync(shots, { recursive: true })
  const platform = await startPlatform()
  if (platform.data) console.log(execFileSync(binary, ['deploy', own, '--database', `sqlite:${join(platform.data, 'quancheng.db')}`, '--reason', '本局用印上线']).toString().trim())
  const browser = await launch()
  try {
    const { people } = await (await fetch(`${platform.url}/api/v1/people`)).json()
    const holder = (role) => people.find((p) => p.posts.some((x) => x.role === role)).id
    const as = (role) => new Person(browser, platform.url, holder(role), watch).signIn()
    const clerk = await as('BUREAU_REVIEW_A')
    const matter = await begin(clerk)
    await withdraw(clerk, matter)
    await mend(clerk, '4') // begun again

    const chief = await as('BUREAU_CHIEF')
    await chief.page.goto(`/tasks/${await taskOf(chief, '科长审核')}`)
    await chief.page.locator('section.act input[name=operation][value=return]').check()
    await chief.page.locator('#act-reason').fill('请写明对方单位')
    await chief.page.locator('section.act .nx').waitFor()
    await look(chief.page, 'chief')
    await chief.page.locator('section.act [data-test=go]').click()
    await chief.page.locator('.line .box').waitFor()

    await clerk.page.goto(matter)
    await clerk.page.getByText('请写明对方单位').first().waitFor()
    await clerk.page.locator('.djs-element.now').first().waitFor()
    await clerk.page.locator('.computed b').getByText('6').waitFor() // 4 and 2
    await look(clerk.page, 'returned')
    await mend(clerk, '6')
    await chief.page.goto(`/tasks/${await taskOf(chief, '科长审核')}`)
    await chief.decide('agree', { opinion: '同意用印' })

    const office = await as('OFFICE')
    await office.page.goto(`/tasks/${await taskOf(office, '用印登记')}`)
    const claim = office.page.locator('section.act input[name=operation][value=claim]')
    if (await claim.count()) await office.decide('claim')
    await office.page.getByText('共 8 份').waitFor() // 6 and 2, computed by the server
    await office.page.getByRole('link', { name: '说明改' }).first().waitFor() // the files that the form shows
    await look(office.page, 'register')
    await office.fill('/registerNo', 'YY-2026-0139')
    await office.decide('complete')

    await clerk.page.goto(matter)
    await clerk.page.locator('[data-test=papers]').getByText('以前的版本').waitFor()
    await clerk.page.locator('.djs-element.done').first().waitFor()
    await look(clerk.page, 'ended')
    await narrow(clerk.page, 'ended')
    await clerk.page.goto('/begin')
    await clerk.page.getByRole('link', { name: '办完的' }).click()
    await clerk.page.getByRole('link', { name: '政务数据共享协议' }).first().waitFor()
    for (const path of ['/projects', '/search?q=用印', '/notices']) {
      await clerk.page.goto(path)
      await clerk.page.locator('h1').first().waitFor()
      await clerk.page.waitForLoadState('networkidle')
      await look(clerk.page, path.slice(1).split('?')[0])
      await narrow(clerk.page, path.slice(1).split('?')[0])
    }
  } catch (error) {
    console.error(platform.log().split('\n').slice(-40).join('\n'))
    for (const c of browser.contexts()) for (const p of c.pages()) await p.screenshot({ path: join(shots, `begin-failed-${Date.now()}.png`), fullPage: true }).catch(() => {})
    throw error
  } finally {
    await browser.close()
    await platform.stop()
  }
  if (troubles.length) throw new Error(`${troubles.length} troubles:\n${[...new Set(troubles)].join('\n')}`)
  console.log('a process of files alone was begun, withdrawn, begun again, returned and ended')
}

await main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
