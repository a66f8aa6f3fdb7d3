// Kinds of forms that are left half done and come back: what is typed before, what after, and what the server must
// have recorded in the end: what was shown last.
import assert from 'node:assert/strict'
import { field } from './person.mjs'
import { drawn, filed, formal, papers } from './script.mjs'

const shown = (p, pointer) => p.page.locator(field(pointer)).inputValue()
/** Types over what came back, which must be what was left. */
async function over(p, pointer, before, after) {
  assert.equal(await shown(p, pointer), before, `${pointer} came back otherwise`)
  await p.fill(pointer, after)
  assert.equal(await shown(p, pointer), after)
}
const issueOf = async (p, all) => p.get(`/api/v1/rectifications/${all.issue}`)

export const backs = {
  // A plain form with rows.
  p2_check: {
    half: (p) => p.choose('/decision', 'accept').then(() => p.rows('/checklist', [{ code: 'lett', result: ['fail'] }])),
    async instead(p) {
      await over(p, '/checklist/0/code', 'lett', 'letter')
      await p.select('/checklist/0/result', 'pass')
      await p.rows('/checklist', formal.slice(1).map((code) => ({ code, result: ['pass'] })))
    },
    async recorded(p, all, sent) {
      assert.deepEqual(sent.data.checklist, formal.map((code) => ({ code, result: 'pass' })))
      assert.equal(sent.data.decision, 'accept')
    },
  },

  // The trimming sheet, with a figure in the other unit on the way (W5).
  p4_sheet: {
    async half(p, { look }) {
      const row = p.page.locator('tr[data-line="2"]')
      const amount = row.locator('[data-col=amount]')
      await amount.fill('15')
      await amount.blur()
      const doubt = p.page.locator('[data-doubt="2"]')
      await doubt.getByText('15 元，还是 15 万元').waitFor()
      let sent = 0
      const count = (r) => r.method() === 'POST' && /\/tasks\/\d+\/complete$/.test(r.url()) && sent++
      p.page.on('request', count)
      await p.page.locator('section.act [data-test=go]').click()
      await p.page.locator('.summary').getByText('金额').first().waitFor()
      await look(p.page, 'doubt')
      p.page.off('request', count)
      assert.equal(sent, 0, 'an absurd cut was sent unasked')
      await doubt.locator('[data-test=mend]').click()
      assert.equal(await amount.inputValue(), '150,000.00')
      await row.locator('[data-col=reason]').selectOption('OVER')
      await row.locator('[data-col=text]').fill('先写一半')
    },
    async instead(p) {
      const row = p.page.locator('tr[data-line="2"]')
      assert.equal(await row.locator('[data-col=amount]').inputValue(), '150,000.00')
      assert.equal(await row.locator('[data-col=text]').inputValue(), '先写一半')
      await row.locator('[data-col=amount]').fill('25万')
      await row.locator('[data-col=amount]').press('Enter')
      await row.locator('[data-col=text]').fill('按并发测算，5 台足够')
      await p.page.getByText('6.25%').first().waitFor() // 150,000 of 2,400,000, as the sums say at once
    },
    async recorded(p, { code }, sent) {
      const line = sent.data.lines.find((l) => l.lineNo === 2)
      assert.deepEqual([line.reviewed, line.reason, line.basis], ['250000.00', 'OVER', '按并发测算，5 台足够'])
      const stored = (await p.get(`/api/v1/projects/${code}`)).lines[1]
      assert.deepEqual([stored.reviewed, stored.reason, stored.reasonRef ?? stored.comment], ['250000.00', 'OVER', '按并发测算，5 台足够'])
    },
  },

  // The opinion of an approval.
  p5_head: {
    half: (p) => p.page.locator('#act-opinion').fill('同意，但'),
    async instead(p) {
      assert.equal(await p.page.locator('#act-opinion').inputValue(), '同意，但')
    },
    opinion: '同意报批，不带条件。',
    async recorded(p, all, sent) {
      assert.equal(sent.opinion, '同意报批，不带条件。')
      const { opinions } = await p.get(`/api/v1/tasks/${all.task.key}`)
      assert.equal(opinions.at(-1).text, '同意报批，不带条件。')
    },
  },

  // Materials of an acceptance, with a file.
  p9_materials: {
    async half(p) {
      await p.rows('/materials', papers.map((code) => ({ code: [code] })))
      await p.attach('/materials/0/document', '总结报告')
      await p.fill('/comment', '监理报告后补')
    },
    async instead(p) {
      await p.page.getByRole('link', { name: '总结报告' }).first().waitFor()
      await filed(p, '/materials', papers.map((code) => `终验材料 ${code}`), 1)
      await over(p, '/comment', '监理报告后补', '材料已齐')
    },
    async recorded(p, all, sent) {
      assert.equal(sent.data.comment, '材料已齐')
      assert.deepEqual(sent.data.materials.map((m) => m.code), papers)
      const { items } = await p.get(`/api/v1/projects/${all.code}/documents`)
      assert.ok(items.some((d) => d.title.startsWith('总结报告') && [sent.data.materials[0].document].flat().includes(d.id)))
    },
  },

  // The acceptance itself: a form with rows.
  p9_final: {
    half: (p, { today }) => p.fill('/date', today).then(() => p.rows('/items', [{ clause: '并发', result: ['pass'] }])).then(() => p.choose('/conclusion', 'pass')),
    async instead(p, { task }) {
      await over(p, '/items/0/clause', '并发', '并发性能')
      await p.rows('/group', await drawn(p, task))
      await p.fill('/availability', '99.9')
      await p.attach('/signed', '终验签字页')
    },
    async recorded(p, all, sent) {
      assert.deepEqual([sent.data.items[0].clause, sent.data.group.length, sent.data.conclusion, String(sent.data.availability)], ['并发性能', 3, 'pass', '99.9'])
    },
  },

  // A rectification: analysis, then evidence with a file.
  r1_analysis: {
    half: (p) => p.select('/rootCause', 'SYS').then(() => p.fill('/why', '连接池')),
    instead: (p) => over(p, '/why', '连接池', '连接池过小。'),
    async recorded(p, all, sent) {
      assert.deepEqual([sent.data.rootCause, sent.data.why], ['SYS', '连接池过小。'])
      const issue = await issueOf(p, all)
      assert.deepEqual([issue.cause, issue.analysis], ['SYS', '连接池过小。'])
    },
  },
  r1_rectify: {
    async half(p) {
      await p.fill('/comment', '连接池已扩大')
      await p.attach('/after', '压测报告')
    },
    async instead(p) {
      await p.page.getByRole('link', { name: '压测报告' }).first().waitFor()
      await over(p, '/comment', '连接池已扩大', '连接池已扩大，压测 200 并发均在 1 秒内。')
    },
    async recorded(p, all, sent) {
      assert.equal(sent.data.after.length, 1)
      const issue = await issueOf(p, all)
      assert.deepEqual([issue.evidence, issue.after.map((d) => d.id)], [sent.data.comment, sent.data.after])
    },
  },
}
