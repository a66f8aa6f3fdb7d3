import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { effectScope, nextTick, readonly, reactive, ref } from 'vue'
import type { Draft } from '@/api/types'
import { keptOf, type Typed, useDraft } from '@/stores/drafts'

const blank: Typed = { data: { given: '7' }, opinion: '', reason: '' }
const typed = (opinion: string, data: Typed['data'] = { given: '7' }): Typed => ({ data, opinion, reason: '' })

/** The server: one person's draft of one task, with its revision, as PUT …/draft keeps it. */
let server: Draft & { revision: number }
let online = true
let answers = true
const sent: { seen: string; body: Draft }[] = []

async function answer(request: Request): Promise<Response> {
  if (!online) throw new TypeError('network')
  const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
  if (request.method === 'GET') return json(200, { draft: server.revision ? server : undefined })
  const seen = request.headers.get('If-Match')!
  if (seen !== `"${server.revision}"`) return json(409, { type: '/problems/stale-version', title: '已被他人处理', status: 409 })
  const body = JSON.parse(await request.text()) as Draft
  sent.push({ seen, body })
  server = { ...body, revision: server.revision + 1, savedAt: '2022-04-19T09:00:00+08:00' }
  if (!answers) throw new TypeError('the answer was lost')
  return json(200, server)
}

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  sent.length = 0
  server = { revision: 0 }
  online = answers = true
  vi.stubGlobal('fetch', answer)
})
afterEach(() => vi.useRealTimers())

async function later(ms = 1300) {
  await nextTick()
  await vi.advanceTimersByTimeAsync(ms)
}

let tasks = 0
/** A page that shows the draft of a task; each task of its own, each page a browser. */
function page(task: string, read: Draft | undefined = server.revision ? server : undefined) {
  const scope = effectScope()
  const model = ref<Typed>(typed(''))
  const draft = scope.run(() => useDraft('zhou-min', task, model, blank))!
  draft.open(read)
  return { model, draft, leave: () => scope.stop() }
}
const fresh = () => String(++tasks)

test('what is typed is in the browser at once and on the server after a pause', async () => {
  const task = fresh()
  const { model, draft, leave } = page(task)
  await later()
  expect(sent).toEqual([]) // what the form starts with is no draft
  model.value.opinion = '同'
  await nextTick()
  expect(keptOf('zhou-min', task)).toMatchObject({ content: { opinion: '同' }, unsent: true })
  model.value.opinion = '同意'
  await later()
  expect(sent).toEqual([{ seen: '"0"', body: typed('同意') }])
  expect(draft.where.value).toMatchObject({ at: 'server' })
  expect(keptOf('zhou-min', task)).toMatchObject({ content: { opinion: '同意' }, unsent: false, revision: 1 })
  leave()
})

test('a restored draft lives: the page types on, and what is shown is sent (W1)', async () => {
  const task = fresh()
  // As the query cache gives it: read only, all the way down.
  const { model, leave } = page(task, readonly(reactive({ data: { scores: { budget: '60' } }, opinion: '旧', revision: 3, savedAt: '2022-04-19T09:00:00+08:00' })) as Draft)
  server = { data: { scores: { budget: '60' } }, opinion: '旧', revision: 3 }
  expect(model.value.data).toEqual({ scores: { budget: '60' } })
  ;(model.value.data.scores as Typed['data']).budget = '85'
  model.value.data.comment = '新写的'
  await later()
  expect(model.value.data).toEqual({ scores: { budget: '85' }, comment: '新写的' })
  expect(sent).toEqual([{ seen: '"3"', body: { data: { scores: { budget: '85' }, comment: '新写的' }, opinion: '旧', reason: '' } }])
  leave()
})

test('a dead network loses nothing; it is sent when the network is back', async () => {
  const task = fresh()
  const { model, draft, leave } = page(task)
  online = false
  model.value.opinion = '断网时写的'
  await later()
  expect(draft.where.value).toMatchObject({ at: 'browser', why: 'offline' })
  expect(keptOf('zhou-min', task)).toMatchObject({ content: { opinion: '断网时写的' }, unsent: true })
  online = true
  dispatchEvent(new Event('online'))
  await later(0)
  expect(sent).toHaveLength(1)
  expect(draft.where.value.at).toBe('server')
  leave()
})

test('an answer that got lost is no conflict with oneself', async () => {
  const { model, draft, leave } = page(fresh())
  answers = false
  model.value.opinion = '甲'
  await later()
  answers = true
  model.value.opinion = '甲乙'
  await later()
  expect(draft.conflict.value).toBeUndefined()
  expect(sent.at(-1)).toMatchObject({ seen: '"1"', body: { opinion: '甲乙' } })
  leave()
})

test('a draft that was never sent is sent when the task is opened again', async () => {
  const task = fresh()
  online = false
  const first = page(task)
  first.model.value.opinion = '昨天写的'
  await later()
  first.leave()
  online = true
  const second = page(task)
  expect(second.model.value.opinion).toBe('昨天写的')
  await later(10)
  expect(sent).toEqual([{ seen: '"0"', body: typed('昨天写的') }])
  second.leave()
})

test('after the operation nothing is kept, and nothing is sent any more', async () => {
  const task = fresh()
  const { model, draft } = page(task)
  model.value.opinion = '同意'
  await nextTick()
  draft.close(true)
  await later()
  expect(keptOf('zhou-min', task)).toBeUndefined()
  expect(sent).toEqual([])
})

test('discard throws it away here and on the server, and can be taken back', async () => {
  const task = fresh()
  const { model, draft, leave } = page(task)
  model.value.opinion = '写错了'
  await later()
  const undo = draft.discard()
  await later(0)
  expect(model.value).toEqual(blank)
  expect(sent.at(-1)).toEqual({ seen: '"1"', body: {} })
  leave()
  const next = page(task)
  expect(next.model.value.opinion).toBe('')
  next.leave()
  undo()
  expect(model.value.opinion).toBe('写错了')
})

describe('two browsers of one person', () => {
  test('different fields are merged, and the page says what it took over', async () => {
    const { model, draft, leave } = page(fresh())
    model.value.data.a = '1'
    await later()
    server = { ...server, data: { given: '7', a: '1', b: '从另一台来' }, revision: 2 } // elsewhere
    model.value.data.a = '2'
    await later()
    await later()
    expect(draft.conflict.value).toBeUndefined()
    expect(model.value.data).toEqual({ given: '7', a: '2', b: '从另一台来' })
    expect(draft.taken.value).toEqual(['/data/b'])
    expect(server.data).toEqual(model.value.data)
    leave()
  })

  test('the same field: both are kept until the person has chosen', async () => {
    const { model, draft, leave } = page(fresh())
    model.value.opinion = '甲'
    await later()
    server = { ...server, opinion: '乙', revision: 2 }
    model.value.opinion = '丙'
    await later()
    expect(server.opinion).toBe('乙')
    expect(draft.where.value).toMatchObject({ at: 'browser', why: 'conflict' })
    expect(draft.conflict.value?.differences).toEqual([{ pointer: '/opinion', here: '丙', there: '乙', suggested: undefined }])
    model.value.opinion = '丙丁'
    await later()
    expect(server.opinion).toBe('乙')
    draft.resolve({ '/opinion': 'here' })
    await later()
    expect(server).toMatchObject({ opinion: '丙丁', revision: 3 })
    leave()
  })

  test('left unsent on one machine, saved on another: both are shown on return', async () => {
    const task = fresh()
    online = false
    const first = page(task)
    first.model.value.opinion = '这台'
    await later()
    first.leave()
    online = true
    server = { opinion: '那台', data: { given: '7' }, revision: 1 }
    const back = page(task)
    expect(back.draft.conflict.value?.differences.map((d) => [d.here, d.there])).toEqual([['这台', '那台']])
    back.draft.resolve({ '/opinion': 'there' })
    await later()
    expect(back.model.value.opinion).toBe('那台')
    expect(server.revision).toBe(1)
    back.leave()
  })

  test('a page that only looks takes over what is newer', async () => {
    const { model, draft, leave } = page(fresh())
    await later()
    draft.news({ opinion: '新', data: { given: '7' }, revision: 1 })
    expect(model.value.opinion).toBe('新')
    leave()
  })
})

describe('what the former release kept is compared as instants, not as strings with zones', () => {
  const kept = (task: string, at: string, unsent = false) => localStorage.setItem(`qc.draft.zhou-min.${task}`, JSON.stringify({ ...typed('本机'), at, unsent }))
  test.each([
    ['2022-04-19T01:30:00Z', '2022-04-19T09:00:00+08:00', '本机'], // 09:30 against 09:00 in Shanghai
    ['2022-04-19T00:30:00Z', '2022-04-19T09:00:00+08:00', '服务器'],
  ])('%s here, %s there', (here, there, want) => {
    const task = fresh()
    kept(task, here)
    server = { opinion: '服务器', data: { given: '7' }, revision: 1, savedAt: there }
    const { model, leave } = page(task)
    expect(model.value.opinion).toBe(want)
    leave()
  })
})

test('drafts are of one person and one task; broken entries count as none', () => {
  localStorage.setItem('qc.draft.zhou-min.x', JSON.stringify({ content: typed('x'), unsent: false }))
  expect(keptOf('zhou-min', 'x')?.content.opinion).toBe('x')
  expect(keptOf('chen-zhuo', 'x')).toBeUndefined()
  localStorage.setItem('qc.draft.zhou-min.x', '{broken')
  expect(keptOf('zhou-min', 'x')).toBeUndefined()
})

test('storage that takes nothing is told, until the server has it', async () => {
  const { model, draft, leave } = page(fresh())
  vi.stubGlobal('localStorage', { getItem: () => null, removeItem: () => undefined, setItem: () => { throw new DOMException('full', 'QuotaExceededError') } })
  model.value.opinion = '写'
  await nextTick()
  expect(draft.where.value).toMatchObject({ at: 'nowhere', why: 'storage' })
  await later()
  expect(draft.where.value.at).toBe('server')
  leave()
  vi.unstubAllGlobals()
})
