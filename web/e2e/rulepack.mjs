// A county's own rules in the browser: one person drafts and rehearses, another publishes, and the example stays labelled.
import assert from 'node:assert/strict'

/** Drafts a higher step to the county's leaders, looks at what that changes, and has it published by a second person. */
export async function rulePack(as, look, say) {
  const drafter = await as('RULE_DRAFTER@DP34')
  const { page } = drafter
  await page.goto('/rulepacks')
  await page.locator('[data-pack]').first().waitFor()
  assert.match(await page.locator('[data-pack]').last().textContent(), /示例/)
  await page.locator('[data-test=edit]').click()
  await page.locator('input[name=pack]').fill('COUNTY-1')
  await page.locator('input[name=validFrom]').fill('2099-01-01')
  await page.locator('textarea[name=reason]').fill('县领导少批一些')
  const row = page.locator('[data-param="B06.L3"]')
  await row.locator('input').first().fill('3,000,000')
  await row.locator('input').nth(1).fill('县府办〔2022〕17号')
  await row.locator('input').nth(1).blur()
  await page.locator('[data-test=look]').click()
  await page.locator('[data-test=rehearsal]').waitFor()
  await look(page, 'rulepack-draft')
  assert.equal((await drafter.get('/api/v1/rulepacks')).items.some((p) => p.id === 'COUNTY-1'), false, 'a look keeps nothing')
  await page.locator('[data-test=keep]').click()
  await page.waitForURL('**/rulepacks/COUNTY-1')
  await page.locator('[data-test=rehearsal]').waitFor()
  assert.equal(await page.locator('[data-test=publish]').count(), 0, 'the drafter does not publish')
  await drafter.leave()

  const publisher = await as('RULE_PUBLISHER@DP34')
  await publisher.page.goto('/rulepacks/COUNTY-1')
  await publisher.page.locator('[data-param="B06.L3"] s').waitFor()
  await look(publisher.page, 'rulepack-publish')
  await publisher.page.locator('[data-test=publish]').click()
  await publisher.page.getByText('COUNTY-1 已发布').first().waitFor()
  const pack = await publisher.get('/api/v1/rulepacks/COUNTY-1')
  assert.deepEqual([pack.state, pack.inForce, pack.publishedBy.id], ['published', false, publisher.id])
  await publisher.leave()
  say('a rule pack of the county drafted, rehearsed, and published by a second person')
}
