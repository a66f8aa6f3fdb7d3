import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { effectScope, nextTick } from 'vue'
import type { Line } from '@/api/types'
import { emptyRow, joined, plain, type Row, split } from '@/domain/dossier'
import { useDossier } from '@/stores/dossier'

const row = (more: Partial<Row>): Row => ({ ...emptyRow('硬件'), ...more })
const whole = row({ name: '服务器', unitPrice: '5万' })
const half = row({ name: '机柜', qty: '两台', unitPrice: '面议' })

describe('rows that are no lines yet', () => {
  test('cost no other row, and keep their places and their cells (W7)', () => {
    expect(split([whole, half, emptyRow(), row({ name: '交换机', unitPrice: '800', qty: '0' })])).toEqual({
      lines: [{ category: '硬件', name: '服务器', qty: '1', unitPrice: '50000.00' }],
      incomplete: [
        { no: 2, category: '硬件', name: '机柜', qty: '两台', unitPrice: '面议' },
        { no: 3, category: '硬件', name: '交换机', qty: '0', unitPrice: '800.00' },
      ],
    })
  })

  test('come back where they stood', () => {
    const { lines, incomplete } = split([half, whole, half])
    const stored = lines.map((l) => ({ ...l, no: 2, declared: '50000.00' })) as Line[]
    expect(joined(stored, incomplete).map(plain)).toEqual([half, whole, half].map(plain))
  })
})

describe('an application that saves itself', () => {
  let version: number
  let project: Record<string, unknown>
  let calls: string[]
  beforeEach(() => {
    vi.useFakeTimers()
    localStorage.clear()
    version = 1
    calls = []
    project = { code: 'X', name: '智慧停车', type: '新建', form: {}, lines: [], updatedAt: '2022-04-19T09:00:00+08:00' }
    vi.stubGlobal('fetch', async (request: Request) => {
      const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
      if (request.method !== 'GET') {
        const body = (await request.json()) as { lines?: object[]; incomplete?: { no: number }[] }
        calls.push(`${request.method} ${request.headers.get('If-Match')}`)
        if (request.headers.get('If-Match') !== `"${version}"`) return json(409, { type: '/problems/stale-version', title: '', status: 409, happened: { operation: '', at: '', version, actor: { id: 'x', name: '何光明' } } })
        version++
        if (body.lines) {
          const taken = new Set((body.incomplete ?? []).map((r) => r.no))
          let no = 0
          const lines = body.lines.map((l) => {
            do no++
            while (taken.has(no))
            return { ...l, no, declared: '1.00' }
          })
          project = { ...project, lines, incompleteLines: body.incomplete }
        } else project = { ...project, ...body }
      }
      return json(200, { ...project, version })
    })
  })
  afterEach(() => vi.useRealTimers())

  async function page() {
    const scope = effectScope()
    const d = scope.run(() => useDossier('zhou-min', 'X'))!
    await d.load()
    return { ...d, leave: () => scope.stop() }
  }
  const later = async () => {
    await nextTick()
    await vi.advanceTimersByTimeAsync(1000)
  }

  test('one incomplete row: everything is on the server, and the page says that (W7)', async () => {
    const p = await page()
    p.dossier.value!.rows = [whole, half]
    await later()
    expect(p.where.value.at).toBe('server')
    expect([project.lines, project.incompleteLines]).toMatchObject([[{ name: '服务器' }], [{ no: 2, unitPrice: '面议' }]])
    p.leave()
    const again = await page()
    expect(again.dossier.value!.rows.map((r) => [r.name, r.unitPrice])).toEqual([['服务器', '50,000.00'], ['机柜', '面议']])
    again.leave()
  })

  test('a name of one letter stays here and is told; the rest is saved', async () => {
    const p = await page()
    p.dossier.value!.name = '智'
    p.dossier.value!.form.contact = '周敏'
    await later()
    expect(p.where.value).toMatchObject({ at: 'browser', why: 'left', text: 'draft.leftName' })
    expect(project).toMatchObject({ name: '智慧停车', form: { contact: '周敏' } })
    p.leave()
  })

  test('another person saved something else: merged; the same: asked, with his name', async () => {
    const p = await page()
    version++
    project = { ...project, form: { budgetNote: '他写的' } }
    p.dossier.value!.name = '智慧停车二期'
    await later()
    await later()
    expect(p.dossier.value).toMatchObject({ name: '智慧停车二期', form: { budgetNote: '他写的' } })
    expect(project).toMatchObject({ name: '智慧停车二期', form: { budgetNote: '他写的' } })

    version++
    project = { ...project, name: '他的名字' }
    p.dossier.value!.name = '我的名字'
    await later()
    expect(p.conflict.value).toMatchObject({ by: '何光明', differences: [{ pointer: '/name', here: '我的名字', there: '他的名字' }] })
    expect(project.name).toBe('他的名字')
    p.resolve({ '/name': 'here' })
    await later()
    expect(project.name).toBe('我的名字')
    expect(p.where.value.at).toBe('server')
    p.leave()
  })

  test('left offline, changed by another person meanwhile: nothing is overwritten unseen', async () => {
    const p = await page()
    const fetched = globalThis.fetch
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')))
    p.dossier.value!.rows = [whole]
    await later()
    expect(p.where.value).toMatchObject({ at: 'browser', why: 'offline' })
    p.leave()
    vi.stubGlobal('fetch', fetched)
    version++
    project = { ...project, lines: [{ no: 1, category: '硬件', name: '他的行', qty: '1', unitPrice: '9.00', declared: '9.00' }] }
    const back = await page()
    expect(back.conflict.value?.differences.map((d) => d.pointer)).toEqual(['/rows'])
    await later()
    expect(project.lines).toMatchObject([{ name: '他的行' }])
    back.resolve({ '/rows': 'there' })
    await later()
    expect(back.dossier.value!.rows.map((r) => r.name)).toEqual(['他的行'])
    back.leave()
  })
})
