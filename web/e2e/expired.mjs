// A clerk who is called away in the middle of a start form: his sign-in expires while he writes, or he closes the window at once.
// What he has written is there again; whoever else signs in at that window does not see it.
import assert from 'node:assert/strict'
import { launch } from './browser.mjs'
import { field, Person } from './person.mjs'
import { startPlatform } from './platform.mjs'

const subject = '政务数据共享协议'

async function main() {
  const platform = await startPlatform()
  const browser = await launch()
  const troubles = []
  try {
    const { people } = await (await fetch(`${platform.url}/api/v1/people`)).json()
    const holder = (role) => people.find((p) => p.posts.some((x) => x.role === role)).id
    const clerk = await new Person(browser, platform.url, holder('BUREAU_REVIEW_A'), (page) => page.on('pageerror', (e) => troubles.push(e.message))).signIn()
    const { page } = clerk
    const expire = () => page.evaluate(() => fetch('/api/v1/session', { method: 'DELETE', headers: { 'Idempotency-Key': `k${Date.now()}` } }))
    const form = async () => {
      await page.goto('/begin/seal_use')
      await page.locator(field('/subject')).waitFor()
    }

    await form()
    await page.locator(field('/subject')).fill(subject)
    await page.getByText('草稿已存').waitFor()
    await expire()
    await page.locator(field('/reason')).fill('写在登录过期之后')
    await page.waitForURL(/\/sign-in/)
    await page.locator(`[data-person="${clerk.id}"]`).click()
    await page.locator(field('/subject')).waitFor()
    assert.equal(await page.locator(field('/subject')).inputValue(), subject)
    assert.equal(await page.locator(field('/reason')).inputValue(), '写在登录过期之后')
    await page.getByText('草稿已存').waitFor()
    const { items } = await clerk.get('/api/v1/drafts')
    assert.deepEqual(items.map((d) => [d.data.subject, d.data.reason]), [[subject, '写在登录过期之后']]) // one draft, whole

    await page.locator(field('/reason')).fill('只给自己看')
    await expire()
    await page.locator(field('/subject')).fill('没有人看见')
    await page.waitForURL(/\/sign-in/)
    await page.locator(`[data-person="${holder('OFFICE')}"]`).click()
    await page.waitForURL((u) => !u.pathname.startsWith('/sign-in'))
    await form()
    assert.equal(await page.locator(field('/subject')).inputValue(), '')
    assert.equal(await page.locator(field('/reason')).inputValue(), '')

    await page.locator(field('/subject')).fill('立刻关窗')
    const context = page.context()
    await page.close()
    const next = await context.newPage()
    await next.goto('/begin/seal_use')
    await next.locator(field('/subject')).waitFor()
    assert.equal(await next.locator(field('/subject')).inputValue(), '立刻关窗')
  } finally {
    await browser.close()
    await platform.stop()
  }
  assert.deepEqual(troubles, [])
  console.log('what was written survived an expired sign-in and a closed window, and nobody else saw it')
}

await main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
