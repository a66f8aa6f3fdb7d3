// What a walk has found, on its way to being closed: each task in the browser by one of its holders, the evidence
// on a phone, and the director who walked sees it closed on his own phone.
import assert from 'node:assert/strict'
import { script } from './script.mjs'

const most = 12 // tasks until it is closed

/** Plays the issue of the campaign's only walk to its end; `as` takes a post or a person. Returns its number. */
export async function rectified(as, unit, campaign, look) {
  const chief = await as('BUREAU_CHIEF@DP34')
  const { items } = await chief.get(`/api/v1/campaigns/${campaign}/issues`)
  assert.equal(items.length, 1, 'the walk has found one thing')
  const { no } = items[0]
  const today = (await chief.get('/api/v1/me')).now.slice(0, 10)
  for (let n = 0; n < most; n++) {
    const task = await next(chief, no)
    if (!task) break
    const onPhone = task.element === 'r1_rectify'
    const person = await as(task.holders[0].id, { onPhone })
    await person.open(task.key)
    const step = script[task.element]
    await step.fill?.(person, { dept: unit, today, task, issue: no })
    if (['r1_rectify', 'r1_verify'].includes(task.element)) await look(person.page, `walk-${task.element}`)
    await person.decide(step.operation ?? 'complete', { opinion: step.opinion, onPhone })
    await person.leave()
  }
  const done = await chief.get(`/api/v1/rectifications/${no}`)
  assert.equal(done.state, 'CLOSED', `${no} is ${done.state}`)
  await chief.leave()

  const walker = await as(`WALKER@${unit}`, { onPhone: true })
  await walker.page.goto(`/rectifications/${no}`)
  await walker.page.getByText(done.stateName).first().waitFor()
  await look(walker.page, 'walk-5-closed')
  await walker.leave()
  return no
}

/** The open task of a rectification; its process may begin a moment later. */
async function next(chief, no) {
  for (let n = 0; n < 150; n++) {
    const r = await chief.get(`/api/v1/rectifications/${no}`)
    if (r.openTasks?.length) return r.openTasks[0]
    if (r.state === 'CLOSED') return undefined
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`${no} stands still`)
}
