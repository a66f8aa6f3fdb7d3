// What a browser may do to records: click twice, lose its network, leave rows half done, share a draft with another
// browser, take a decision back.
import assert from 'node:assert/strict'
import { Person } from './person.mjs'
import { answered, prepared } from './proper.mjs'

const go = 'section.act [data-test=go]'
const line = (name) => ({ category: '硬件', name, unit: '台', qty: '1', unitPrice: '60000.00' })

/** Counts what a page posts to tasks, by operation and task. */
function posts(page) {
  const seen = []
  page.on('request', (r) => {
    const m = r.method() === 'POST' && /\/tasks\/(\d+)\/(agree|return|complete|claim)$/.exec(r.url())
    if (m) seen.push(`${m[1]} ${m[2]}`)
    if (r.method() === 'POST' && r.url().endsWith('/submit')) seen.push('submit')
  })
  return seen
}

/** Two clicks at one place, as a hand makes them: the second does not wait for anything. */
async function twice(page, locator, ms) {
  await locator.click()
  await page.waitForTimeout(ms) // the distance of the two clicks is what is tried
  await page.mouse.down()
  await page.mouse.up()
}

/** Double clicks on deciding buttons decide one task, and leave the next one alone (W2). */
export async function clickTwice(clerk, head, as, dept, say) {
  const names = ['甲', '乙', '丙', '丁', '戊'].map((n) => `连点测试${n}`)
  const codes = []
  for (const name of names) {
    const made = await clerk.post('/api/v1/projects', { name, type: '新建', dept, mlpsLevel: 1, lines: [line(name)] })
    codes.push(made.code)
    await prepared(clerk, head, made.code, ['60000.00'], '60000.00')
    await answered(clerk, made.code, 'application', `APPLY_CLERK@${dept}`)
  }
  // Submitting is a decision too.
  const sent = posts(clerk.page)
  await clerk.page.goto(`/projects/${codes[0]}/application`)
  await twice(clerk.page, clerk.page.locator('[data-test=submit]'), 300)
  await clerk.page.waitForURL(`**/projects/${codes[0]}`)
  assert.deepEqual(sent, ['submit'])
  for (const code of codes.slice(1)) {
    await answered(clerk, code, 'application', `APPLY_CLERK@${dept}`) // the one before is like it, and now submitted
    await clerk.post(`/api/v1/projects/${code}/submit`, {})
  }

  const leader = await as(`APPLY_LEADER@${dept}`)
  const keys = async () => (await leader.get('/api/v1/tasks?scope=mine&limit=100')).items.filter((t) => names.includes(t.projectName)).map((t) => t.key)
  const closed = []
  const { page } = leader
  const acts = posts(page)
  const first = (await keys())[0]
  await leader.open(first)
  let key = first
  for (const ms of [250, 300, 400]) {
    await page.locator('.nx').waitFor()
    await twice(page, page.locator(go), ms)
    closed.push(key)
    await page.waitForURL((u) => /\/tasks\/\d+/.test(u.pathname) && !u.pathname.endsWith(key))
    key = page.url().match(/tasks\/(\d+)/)[1]
    await page.locator(`${go}:not([aria-disabled])`).waitFor() // the next one has come to rest, undecided
    assert.deepEqual(acts, closed.map((k) => `${k} agree`), `two clicks ${ms} ms apart`)
  }
  // On a phone the first tap opens the sheet; the second, at the same place, must not press its button.
  const small = await as(leader.id, { onPhone: true })
  const taps = posts(small.page)
  await small.open(key)
  await twice(small.page, small.page.locator('.ft .btn.p'), 300)
  await small.page.locator(`${go}:not([aria-disabled])`).waitFor({ state: 'attached' }) // a late second tap closes the sheet again
  assert.deepEqual(taps, [])
  await small.leave()
  await leader.leave()
  say(`two clicks decided one task each, on ${closed.length} tasks and a phone`)
}

/** A row that is no line yet is on the server, is there in another browser, and costs no other row (W7). */
export async function halfRow(clerk, code, look) {
  const { page } = clerk
  await page.locator('[data-test=add-line]').click()
  await page.locator('[data-col=name]').last().fill('机柜')
  await page.locator('[data-col=unitPrice]').last().fill('面议')
  await page.locator('[data-col=unitPrice]').last().blur()
  await clerk.kept()
  assert.equal(await page.getByText('断网也不会丢').count(), 0)
  const project = await clerk.get(`/api/v1/projects/${code}`)
  assert.deepEqual([project.lines.length, project.incompleteLines.map((r) => [r.no, r.name, r.unitPrice])], [3, [[4, '机柜', '面议']]])
  await look(page, 'half-row')

  const other = await new Person(clerk.browser, clerk.url, clerk.id, clerk.watch).signIn()
  await other.page.goto(`/projects/${code}/application?step=budget`)
  const names = other.page.locator('[data-col=name]')
  await other.page.waitForFunction(() => [...document.querySelectorAll('[data-col=name]')].some((x) => x.value === '机柜'))
  assert.equal(await names.count(), 4)

  // Both change the same draft: this browser's name of the row against the other's.
  await names.last().fill('机柜（另一台）')
  await other.kept()
  await other.page.waitForFunction(async ([at, name]) => (await (await fetch(at)).json()).incompleteLines?.[0]?.name === name, [`/api/v1/projects/${code}`, '机柜（另一台）'])
  await other.leave()
  await page.locator('[data-col=name]').last().fill('机柜（这台）')
  await page.locator('[data-test=conflict]').waitFor()
  await look(page, 'conflict-application')
  assert.equal((await clerk.get(`/api/v1/projects/${code}`)).incompleteLines[0].name, '机柜（另一台）', 'overwritten unseen')
  await page.locator('[data-test=all-there]').click()
  await page.waitForFunction(() => [...document.querySelectorAll('[data-col=name]')].at(-1)?.value === '机柜（另一台）')
  await page.locator('tbody').last().getByRole('button', { name: '删除' }).click()
  await page.waitForFunction(async (at) => !(await (await fetch(at)).json()).incompleteLines, `/api/v1/projects/${code}`)
  await clerk.kept()
}

/** Without a network the page says where things are; with it again they go to the server by themselves. */
export async function offlineOnce(clerk, code) {
  const { page, context } = clerk
  await page.goto(`/projects/${code}/application?step=basics`)
  await clerk.kept()
  await context.setOffline(true)
  await clerk.fill('/contact', '陆小桥（断网时改）')
  await page.locator('[data-where=browser]').first().waitFor()
  await page.getByText('只在这台浏览器里：网络不通').first().waitFor()
  await context.setOffline(false)
  await clerk.kept()
  assert.equal((await clerk.get(`/api/v1/projects/${code}`)).form.contact, '陆小桥（断网时改）')
}

/** The same task open in two browsers of one person: nothing is overwritten unseen, and what is chosen is sent. */
export async function twoBrowsers(as, person, key, look) {
  const { page } = person
  const comment = '[id="f/comment"]'
  const wanted = await page.locator(comment).inputValue()
  await person.kept()
  const other = await as(person.id)
  await other.open(key)
  assert.equal(await other.page.locator(comment).inputValue(), wanted, 'the other browser shows another draft')
  await other.fill('/comment', '另一台电脑上写的。')
  await other.page.waitForFunction(async (at) => (await (await fetch(at)).json()).draft.data.comment === '另一台电脑上写的。', `/api/v1/tasks/${key}`)
  await page.locator(comment).pressSequentially('补一句。')
  await page.locator('[data-test=conflict]').waitFor()
  await look(page, 'conflict-task')
  await page.emulateMedia({ colorScheme: 'dark' })
  await look(page, 'conflict-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  const wide = page.viewportSize()
  await page.setViewportSize({ width: 390, height: 844 })
  await look(page, 'conflict-phone')
  await page.setViewportSize(wide)
  assert.ok(await page.locator(go).isDisabled(), 'it can be sent while two drafts contradict')
  await page.locator('[data-pointer="/data/comment"] input[value=here]').check()
  await page.locator('[data-test=merge]').click()
  await person.kept()
  assert.equal((await person.get(`/api/v1/tasks/${key}`)).draft.data.comment, `${wanted}补一句。`)

  // Discarded here, and brought back.
  await page.locator('[data-test=discard]').click()
  await page.waitForFunction((s) => document.querySelector(s).value === '', comment)
  await page.locator('.line button').click()
  await page.waitForFunction(([s, text]) => document.querySelector(s).value === text, [comment, `${wanted}补一句。`])
  await other.leave()
  await page.locator(comment).fill(wanted)
}

/** The line after a decision offers to take it back, and that works. */
export async function takeBack(person, key) {
  const { page } = person
  await page.locator('.line button').click()
  await page.waitForURL(`**/tasks/${key}?act=recall`)
  await page.locator('#act-reason').fill('看漏了一页，取回再看')
  const [answer] = await Promise.all([
    page.waitForResponse((r) => r.request().method() === 'POST' && r.url().endsWith(`/tasks/${key}/recall`)),
    page.locator(go).click(),
  ])
  assert.ok(answer.ok(), `${answer.status()} ${await answer.text()}`)
}
