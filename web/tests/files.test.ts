import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Document } from '@/api/types'
import { send } from '@/api/upload'
import { canPreview, versions } from '@/domain/files'

/** A server that keeps pieces, and a line that breaks when it is told to. */
class Server {
  size = 0
  received = 0
  body: Uint8Array[] = []
  breaks = new Set<number>() // requests, counted, that never arrive
  deaf = new Set<number>() // requests that arrive, and whose answer does not
  n = 0
  pieces = 0
  opened = 0
  answer = async (input: Request | string, init?: RequestInit): Promise<Response> => {
    const request = input instanceof Request ? input : undefined
    const method = init?.method ?? request!.method
    const at = ++this.n
    if (this.breaks.has(at)) throw new TypeError('Failed to fetch')
    const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
    const state = () => ({ id: '7', fileName: 'a.pdf', size: this.size, received: this.received, piece: 1 << 20, expiresAt: '' })
    if (method === 'POST') {
      this.opened++
      this.size = ((await request!.json()) as { size: number }).size
      return json(201, state())
    }
    if (method === 'PATCH') {
      const offset = Number((init!.headers as Record<string, string>)['Upload-Offset'])
      if (offset !== this.received) return json(409, { type: '/problems/upload-offset', title: '', status: 409 })
      const piece = new Uint8Array(await (init!.body as Blob).arrayBuffer())
      this.body.push(piece)
      this.pieces++
      this.received += piece.length
    }
    if (this.deaf.has(at)) throw new TypeError('Failed to fetch')
    return json(200, state())
  }
}

let server: Server
let filed: FormData | undefined
beforeEach(() => {
  server = new Server()
  filed = undefined
  localStorage.clear()
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 1000 })
  vi.stubGlobal('fetch', server.answer)
  vi.stubGlobal('XMLHttpRequest', class {
    upload = {}
    status = 201
    responseText = '{"id":"1"}'
    onload?: () => void
    open() {}
    setRequestHeader() {}
    send(form: FormData) {
      filed = form
      this.onload?.()
    }
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const big = () => new File([new Uint8Array(2_500_000).map((_, i) => i % 251)], 'a.pdf', { lastModified: 5 })
const whole = () => Buffer.concat(server.body)

test('a small file comes whole', async () => {
  await send({}, new File(['x'], 'a.txt'), 'other', { replaces: '3' })
  expect(filed!.get('file')).toBeTruthy()
  expect(filed!.get('replaces')).toBe('3')
  expect(server.n).toBe(0)
})

test.each([
  ['a good line', [], []],
  ['a line that breaks', [1, 3], []],
  ['a lost answer: the piece is not sent twice', [], [2, 3]],
  ['both', [3], [2, 5]],
] as const)('a large file comes in pieces over %s', async (_, breaks, deaf) => {
  server.breaks = new Set(breaks)
  server.deaf = new Set(deaf)
  const told: boolean[] = []
  const shares: number[] = []
  await send({ project: 'P' }, big(), 'other', { waiting: (b) => told.push(b), progress: (s) => shares.push(s) })
  expect(Buffer.compare(whole(), Buffer.from(await big().arrayBuffer()))).toBe(0)
  expect(server.pieces).toBe(3)
  expect(server.opened).toBe(1)
  expect(shares.at(-1)).toBe(1)
  expect(filed!.get('upload')).toBe('7')
  expect(filed!.get('file')).toBeNull()
  expect(told.at(-1) ?? false).toBe(false)
  expect(told.includes(true)).toBe(breaks.length + deaf.length > 0)
  expect(localStorage.length).toBe(0)
})

test('a page that was closed goes on where it was', async () => {
  const stop = new AbortController()
  await expect(send({}, big(), 'other', { signal: stop.signal, progress: () => stop.abort() })).rejects.toThrow()
  expect(server.pieces).toBe(1)
  await send({}, big(), 'other')
  expect(server.opened).toBe(1)
  expect(server.pieces).toBe(3)
  expect(Buffer.compare(whole(), Buffer.from(await big().arrayBuffer()))).toBe(0)
})

test('versions are a line; a version whose newer one is hidden is the newest seen', () => {
  const d = (id: string, replaces?: string, replacedBy?: string) => ({ id, replaces, replacedBy }) as Document
  const shown = versions([d('1', undefined, '2'), d('2', '1', '3'), d('3', '2'), d('4'), d('5', undefined, '9')])
  expect(shown.map((v) => [v.newest.id, ...v.former.map((f) => f.id)].join())).toEqual(['3,2,1', '4', '5'])
  expect(canPreview({ contentType: 'text/plain' })).toBe(true)
  expect(canPreview({ contentType: 'application/ofd' })).toBe(false)
  expect(canPreview({ contentType: 'application/pdf', paper: true })).toBe(false)
})
