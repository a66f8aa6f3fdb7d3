// A person at a browser: signs in by the page, opens tasks from the inbox, fills forms, decides.
const desktop = { width: 1440, height: 1000 }
const phone = { width: 390, height: 844 }
export const patience = 60_000 // ms for anything to appear: the machine may be slow

let papers = 0
/** The smallest file that is a PDF by its content, and no other one's: what stood in another project is refused. */
export const pdf = () => Buffer.from(`%PDF-1.4\n% ${Date.now()} ${++papers}\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n`)

/** An attribute selector for ids with slashes in them. */
export const field = (pointer) => `[id="f${pointer}"]`

export class Person {
  constructor(browser, url, id, watch) {
    Object.assign(this, { browser, url, id, watch })
  }

  /** Opens the client in a window of its own and signs in by choosing the name. */
  async signIn({ onPhone = false, dark = false, language = 'zh-CN' } = {}) {
    this.context = await this.browser.newContext({ viewport: onPhone ? phone : desktop, colorScheme: dark ? 'dark' : 'light', locale: 'zh-CN', timezoneId: 'Asia/Shanghai', baseURL: this.url })
    this.context.setDefaultTimeout(patience)
    await this.context.addInitScript((l) => localStorage.setItem('qc.lang', l), language)
    this.page = await this.context.newPage()
    this.watch(this.page)
    await this.page.goto('/')
    await this.page.locator(`[data-person="${this.id}"]`).click()
    await this.page.waitForURL(/\/(inbox|rulepacks|accounts|audit|operations)/) // who has no tasks comes to what he has
    return this
  }

  async leave() {
    await this.context?.close()
    this.context = undefined
  }

  async get(path) {
    const answer = await this.context.request.get(path)
    if (!answer.ok()) throw new Error(`${this.id} GET ${path}: ${answer.status()} ${await answer.text()}`)
    return answer.json()
  }

  /** Sends as the page would: with an idempotency key, from its own origin. */
  async send(method, path, { headers, ...options }) {
    const answer = await this.context.request.fetch(path, { method, ...options, headers: { 'Idempotency-Key': `e2e-${Date.now()}-${Math.random()}`, Origin: new URL(this.page.url()).origin, ...headers } })
    if (!answer.ok()) throw new Error(`${this.id} ${method} ${path}: ${answer.status()} ${await answer.text()}`)
    const text = await answer.text()
    return text && JSON.parse(text)
  }

  post(path, data) {
    return this.send('POST', path, { data })
  }

  edit(path, version, data) {
    return this.send('PATCH', path, { data, headers: { 'If-Match': `"${version}"` } })
  }

  /** Opens a task as one does: from the list. */
  async open(key) {
    await this.page.goto('/inbox')
    const link = this.page.locator(`a[href*="/tasks/${key}"]`).first()
    await link.waitFor()
    await link.click()
    // The list may be drawn anew under the click, as live changes come in; then open the task by its address.
    await this.page.waitForURL(`**/tasks/${key}*`, { waitUntil: 'commit', timeout: 10_000 }).catch(() => this.page.goto(`/tasks/${key}`))
    await this.page.locator('aside [data-test=go], .ft .btn.p').first().waitFor({ state: 'attached' })
  }

  async fill(pointer, value) {
    const input = this.page.locator(field(pointer))
    await input.fill(value)
    await input.blur()
  }

  async select(pointer, value) {
    await this.page.locator(field(pointer)).selectOption(value)
  }

  /** Uploads a file of this title and waits until it hangs at the field. */
  async attach(pointer, title) {
    await this.page.locator(field(pointer)).setInputFiles({ name: `${title}.pdf`, mimeType: 'application/pdf', buffer: pdf() })
    await this.page.getByRole('link', { name: title }).first().waitFor()
  }

  /** A pill of a radio group. */
  async choose(pointer, value) {
    await this.page.locator(`${field(pointer)} label:has(input[value="${value}"])`).click()
  }

  async tick(pointer) {
    await this.page.locator(field(pointer)).check()
  }

  /** Adds rows to a list: one object of {key: value} a row; selects get {key: [value]}. */
  async rows(pointer, rows) {
    const before = await this.page.locator(`[id^="f${pointer}/"]`).evaluateAll((all, at) => new Set(all.map((x) => x.id.slice(at).split('/')[1])).size, `f${pointer}`.length)
    for (const [i, row] of rows.entries()) {
      await this.page.locator(field(pointer)).click()
      for (const [key, value] of Object.entries(row)) {
        const at = `${pointer}/${before + i}/${key}`
        if (Array.isArray(value)) await this.select(at, value[0])
        else await this.fill(at, value)
      }
    }
  }

  /** Waits until the page says that the server has what is shown. */
  async kept() {
    await this.page.locator('[data-where=server]').first().waitFor()
  }

  /** Leaves a half-done task once the server has it, and comes back from the list. */
  async goAndComeBack(key) {
    await this.kept()
    await this.page.goto('/inbox')
    await this.open(key)
    await this.page.locator('[data-where=server]').first().waitFor()
  }

  /** Presses the button of an operation and waits for the server's yes. Returns what was sent. */
  async decide(operation, { opinion, onPhone = false } = {}) {
    const page = this.page
    const panel = page.locator('section.act')
    if (onPhone) await page.locator('.ft .btn.p').click()
    const radio = panel.locator(`input[name=operation][value="${operation}"]`)
    if (await radio.count()) await radio.check()
    if (opinion) await panel.locator('#act-opinion').fill(opinion)
    await panel.locator('.nx').waitFor()
    const [answer] = await Promise.all([
      page.waitForResponse((r) => r.request().method() === 'POST' && new RegExp(`/tasks/\\d+/${operation}$`).test(r.url())),
      panel.locator('[data-test=go]').click(),
    ])
    if (!answer.ok()) throw new Error(`${this.id} ${operation}: ${answer.status()} ${await answer.text()}`)
    await page.locator('.line .box').waitFor()
    return answer.request().postDataJSON()
  }
}
