import { expect, test } from 'vitest'
import { beside, endSteps, missing, newWalk, nextStep, type Outcome, sendWaiting, type Waiting, waitingWalks, walkInput } from '@/domain/walk'

const item = { unit: 'DP07', item: 'SX-1', name: '商品房预售许可', materials: ['身份证', '申请表'], steps: ['受理', '领证'], visits: 1, promisedDays: 5, guideVersion: 'V2' }

function walked() {
  let walk = nextStep(newWalk('C1', item, '2022-07-05'), '2022-07-05T09:00:00Z')
  walk.steps[0]!.materials.push('身份证', '规划许可证', ' ')
  walk = nextStep(walk, '2022-07-05T09:18:59Z')
  walk = nextStep(walk, '2022-07-05T09:20:00Z', '复核')
  walk.steps[2]!.visits = 2
  return endSteps(walk, '2022-07-05T09:50:00Z')
}

test('a walk beside its guide: steps follow it, minutes are counted, what it does not have is found', () => {
  const walk = walked()
  expect(walk.steps.map((s) => [s.name, s.waitMinutes])).toEqual([['受理', 18], ['领证', 1], ['复核', 30]])
  expect(beside(walk)).toEqual({ materials: 3, extra: ['规划许可证'], steps: 3, extraSteps: 1, visits: 2, minutes: 49 })
})

test('minutes set by hand stay', () => {
  const walk = nextStep(newWalk('C1', item, '2022-07-05'), '2022-07-05T09:00:00Z')
  walk.steps[0]!.waitMinutes = 28
  expect(endSteps(walk, '2022-07-05T09:05:00Z').steps[0]!.waitMinutes).toBe(28)
})

test('what is missing is named, and nothing once it is whole', () => {
  expect(missing(newWalk('C1', item, '2022-07-05'), true)).toEqual(['role', 'channel', 'steps', 'result', 'proof', 'issues', 'whyNot'])
  const walk = { ...walked(), role: '企业', channel: 'window', result: '办成', ticketNo: 'A037', noIssue: '办得很顺利' }
  expect(missing(walk, false)).toEqual([])
  expect(missing({ ...walk, issues: [{ title: '多要材料', description: '', kind: '', severity: 'B', ownerUnit: 'DP07' }] }, false)).toEqual(['finding'])
})

test('a walk with issues says nothing of having none; only a substitute says why', () => {
  const walk = { ...walked(), noIssue: '先写的话', issues: [{ title: ' 多要材料 ', description: '', kind: 'MAT', severity: 'B', ownerUnit: 'DP07' }], whyNot: '局长出差' }
  const input = walkInput(walk, false)
  expect([input.noIssue, input.whyNot, input.issues[0]!.title, input.issues[0]!.description]).toEqual([undefined, undefined, '多要材料', '多要材料'])
  expect(walkInput(walk, true).whyNot).toBe('局长出差')
})

function shelf(text: string | null = null) {
  return { read: () => text, write: (t: string) => void (text = t) }
}
const waitsAs = (key: string): Waiting => ({ key, walk: walked(), substitute: false, keptAt: '2022-07-05T10:00:00Z' })

test('without a network everything waits, with its key; later each is sent once, oldest first', async () => {
  const waiting = waitingWalks(shelf())
  for (const key of ['k1', 'k2', 'k3']) waiting.put(waitsAs(key))
  const sent: string[] = []
  const send = (outcome: (key: string) => Outcome) => (w: Waiting) => (sent.push(w.key), Promise.resolve(outcome(w.key)))
  expect(await sendWaiting(waiting, send(() => ({ sent: false, passing: true, why: '' })))).toBe(0)
  expect([sent, waiting.all().length]).toEqual([['k1'], 3])
  expect(await sendWaiting(waiting, send((key) => (key === 'k2' ? { sent: false, passing: false, why: '不在活动期内' } : { sent: true })))).toBe(2)
  expect(waiting.all().map((w) => [w.key, w.refused])).toEqual([['k2', '不在活动期内']])
  await sendWaiting(waiting, send(() => ({ sent: true })))
  expect(sent).toEqual(['k1', 'k1', 'k2', 'k3'])
})

test('a shelf that says nonsense is empty', () => {
  expect([waitingWalks(shelf('{')).all(), waitingWalks(shelf('7')).all()]).toEqual([[], []])
})
