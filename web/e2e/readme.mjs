// The README's five minutes, followed word by word in a real browser against the real binary: the command that it names is run as it
// stands there, and every word that it prints in bold is looked for on the page where it says that it is.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { launch } from './browser.mjs'
import { Person } from './person.mjs'
import { binary, startPlatform } from './platform.mjs'

const root = new URL('../../', import.meta.url).pathname
const section = (file, heading) => {
  const text = readFileSync(root + file, 'utf8')
  const from = text.indexOf(heading)
  assert.ok(from > 0, `${file} has no ${heading}`)
  return text.slice(from, text.indexOf('\n## ', from + 5))
}
const readmes = [section('README.md', '## From application to approval'), section('README.zh-CN.md', '## 五分钟走完一次审批')]
const bold = (text) => new Set([...text.matchAll(/\*\*([^*]+)\*\*/g)].flatMap(([, words]) => words.split(' → ')))
const command = (text) => /`bin\/(quancheng play [^`]+)`/.exec(text)?.[1]
const watch = (page) => page.on('pageerror', (error) => { throw error })

const seen = new Set()
/** Presses what the README calls so. */
async function press(page, words) {
  for (const text of readmes) assert.ok(bold(text).has(words), `a README does not say ${words}`)
  seen.add(words)
  await page.getByRole('link', { name: words }).or(page.getByRole('button', { name: words })).first().click()
}

async function follow(browser, url) {
  const { people } = await (await fetch(`${url}/api/v1/people`)).json()
  const named = (name) => people.find((p) => p.name === name).id
  const as = (id) => new Person(browser, url, id, watch).signIn()

  // 1: the command, and what it prints
  const played = JSON.parse(execFileSync(binary, [...command(readmes[0]).split(' ').slice(1), '--json', '--server', url], { encoding: 'utf8' }))
  assert.match(played.code, /^XM-/)
  const [task] = played.tasks
  assert.ok(task.holders.length, 'nobody has it')

  // 2: sign in as that person, open the task under 待办 and agree
  const leader = await as(task.holders[0].id ?? task.holders[0])
  await press(leader.page, '待办')
  await leader.open(task.key)
  await leader.decide('agree')

  // 3: the line says who has it now; sign out by the menu under one's name
  const line = await leader.page.locator('.line .box').innerText()
  const next = (await leader.get(`/api/v1/projects/${played.code}`)).openTasks[0]
  assert.ok(next.holders.some((h) => line.includes(h.name)), `the line does not say who has it: ${line}`)
  await leader.page.getByRole('button', { name: people.find((p) => p.id === leader.id).name }).click()
  await leader.page.locator('[data-test=sign-out]').click()
  await leader.page.waitForURL('**/sign-in**')
  await leader.leave()
  const second = await as(next.holders[0].id)
  await second.open(next.key)
  for (const part of ['h1', 'section.act', '.nx']) await second.page.locator(part).first().waitFor()
  await second.leave()

  // 4 and 5: 运行 and 报告, whose figures are links to their rows
  const chief = await as(named('赵科长'))
  await press(chief.page, '运行')
  await chief.page.waitForURL('**/operations')
  await chief.page.locator('h1').first().waitFor()
  await press(chief.page, '报告')
  await chief.page.locator('[data-figure]').first().click()
  await chief.page.locator('.rows').first().waitFor()

  // by hand
  await press(chief.page, '项目')
  await press(chief.page, '年度计划')
  await chief.page.waitForURL('**/plan')
  await chief.leave()
  const clerk = await as(named('周敏'))
  await press(clerk.page, '项目')
  await press(clerk.page, '申报新项目')
  await clerk.page.locator('#name').fill('照着说明做的项目')
  await clerk.page.locator('#type').selectOption({ index: 1 })
  await clerk.page.locator('form [type=submit].p').click()
  await clerk.page.waitForURL('**/application*')
  const submit = clerk.page.locator('[data-test=submit]')
  await submit.waitFor()
  for (const text of readmes) assert.ok(bold(text).has('提交部门领导审批'))
  assert.match(await submit.innerText(), /提交部门领导审批/)
  seen.add('提交部门领导审批')
  await clerk.leave()
}

async function main() {
  assert.equal(command(readmes[0]), command(readmes[1]), 'the two READMEs name different commands')
  assert.deepEqual(bold(readmes[0]), bold(readmes[1]), 'the two READMEs name different words')
  for (const text of readmes) for (const [, image] of text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) assert.ok(existsSync(root + image), `${image} is missing`)
  const platform = await startPlatform()
  const browser = await launch()
  try {
    await follow(browser, platform.url)
    assert.deepEqual(seen, bold(readmes[0]), 'words of the README that the path never came to')
    console.log(`readme: ${seen.size} words and one command, as they stand there`)
  } catch (error) {
    console.error(platform.log().split('\n').slice(-30).join('\n'))
    throw error
  } finally {
    await browser.close()
    await platform.stop()
  }
}

await main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
