import { api, attempts, must } from './client'
import { asProblem, ProblemError } from './problem'
import type { Document, Problem } from './types'

/** Where files are kept: with a project, a finding, a matter outside both, or with who brings them for a matter to be begun. */
export interface Folder {
  project?: string
  finding?: string
  matter?: string
  /** year of an annual plan */
  plan?: number
  /** code of an archived project: what puts its archive right */
  archive?: string
}

/** Address of a folder. */
export function folderOf(folder: Folder): string {
  if (folder.project) return `/api/v1/projects/${encodeURIComponent(folder.project)}/documents`
  if (folder.archive) return `/api/v1/projects/${encodeURIComponent(folder.archive)}/archive/documents`
  if (folder.finding) return `/api/v1/rectifications/${encodeURIComponent(folder.finding)}/documents`
  if (folder.plan) return `/api/v1/plans/${folder.plan}/documents`
  return folder.matter ? `/api/v1/instances/${encodeURIComponent(folder.matter)}/files` : '/api/v1/files'
}

export interface Sending {
  /** how much of the file has left, 0 to 1 */
  progress?: (share: number) => void
  /** the line is broken: what has come is kept, and it goes on by itself */
  waiting?: (broken: boolean) => void
  title?: string
  /** id of the file whose newer version this is */
  replaces?: string
  signal?: AbortSignal
}

/** Files larger than this come in pieces, so that a broken line costs a piece and no more. */
const whole = 1 << 20
const patience = [1, 2, 4, 8, 15, 30, 30, 60, 60, 120] // seconds between attempts of one piece

/** Stores a file, telling how much of it has left. The server decides by its content whether it is what it says. */
export async function send(folder: Folder, file: File, kind: string, how: Sending = {}): Promise<Document> {
  const form = new FormData()
  form.set('kind', kind)
  if (how.title) form.set('title', how.title)
  if (how.replaces) form.set('replaces', how.replaces)
  const key = attempts()(file.name)
  if (file.size <= whole) {
    form.set('file', file)
    return persist(() => post(folderOf(folder), form, key, how.progress), how)
  }
  const id = await pieces(file, how)
  form.set('upload', id)
  const stored = await persist(() => post(folderOf(folder), form, key), how).catch((error: unknown) => {
    if (error instanceof ProblemError) forget(file) // refused as it is: the same file would be refused again
    throw error
  })
  forget(file)
  return stored
}

/** What was begun is remembered, so that the same file, chosen again after the page was closed, goes on where it was. */
const memory = (file: File) => `qc.upload.${file.name}.${file.size}.${file.lastModified}`
const forget = (file: File) => localStorage.removeItem(memory(file))
const remember = (file: File, id: string) => {
  try {
    localStorage.setItem(memory(file), id)
  } catch {
    // full, or closed to us: chosen again, the file begins anew
  }
}

interface Upload {
  id: string
  received: number
  piece: number
}

async function begun(file: File): Promise<Upload> {
  const known = localStorage.getItem(memory(file))
  if (known) {
    const upload = await must(api.GET('/api/v1/uploads/{id}', { params: { path: { id: known } } })).catch((error: unknown) => {
      if (asProblem(error).problem.status !== 404) throw error // too old, or another person's at this computer
    })
    if (upload?.size === file.size) return upload
  }
  const upload = await must(api.POST('/api/v1/uploads', { params: { header: { 'Idempotency-Key': attempts()(file.name) } }, body: { fileName: file.name, size: file.size } }))
  remember(file, upload.id)
  return upload
}

/** Sends what the server has not got yet, piece by piece, and gives the upload's id. */
async function pieces(file: File, how: Sending): Promise<string> {
  let upload = await persist(() => begun(file), how)
  for (; upload.received < file.size; how.progress?.(upload.received / file.size)) {
    how.signal?.throwIfAborted()
    let again = false
    upload = await persist(() => {
      if (again) return must(api.GET('/api/v1/uploads/{id}', { params: { path: { id: upload.id } } })) // the answer may have been lost, not the piece
      again = true
      return piece(upload, file.slice(upload.received, upload.received + upload.piece), how.signal)
    }, how)
  }
  return upload.id
}

async function piece(upload: Upload, body: Blob, signal?: AbortSignal): Promise<Upload> {
  const answer = await fetch(`/api/v1/uploads/${upload.id}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(upload.received), 'Accept-Language': document.documentElement.lang || 'zh-CN' },
    body,
    signal,
  })
  if (!answer.ok) throw new ProblemError((await answer.json()) as Problem)
  return (await answer.json()) as Upload
}

/** Tries again while the line is broken or the server is busy; what the server refuses stays refused. */
async function persist<T>(attempt: () => Promise<T>, how: Sending): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      const done = await attempt()
      if (tries) how.waiting?.(false)
      return done
    } catch (error) {
      how.signal?.throwIfAborted()
      const refused = error instanceof ProblemError && !error.passing && error.slug !== 'upload-offset'
      if (refused || tries >= patience.length) throw error
      how.waiting?.(true)
      await rest(patience[tries]! * 1000)
    }
  }
}

/** Waits, but not longer than until the line is back. */
const rest = (ms: number) =>
  new Promise<void>((resolve) => {
    const go = () => (clearTimeout(timer), removeEventListener('online', go), resolve())
    const timer = setTimeout(go, ms)
    addEventListener('online', go)
  })

function post(to: string, form: FormData, key: string, progress?: (share: number) => void): Promise<Document> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest() // fetch does not tell how far an upload has come
    request.open('POST', to)
    request.setRequestHeader('Accept-Language', document.documentElement.lang || 'zh-CN')
    request.setRequestHeader('Idempotency-Key', key)
    request.upload.onprogress = (e) => e.lengthComputable && progress?.(e.loaded / e.total)
    request.onerror = () => reject(new TypeError('offline'))
    request.onload = () => {
      let body: unknown
      try {
        body = JSON.parse(request.responseText)
      } catch {
        body = undefined
      }
      if (request.status === 201) return resolve(body as Document)
      reject(new ProblemError((body as Problem | undefined) ?? { type: '/problems/unknown', title: `${request.status} ${request.statusText}`, status: request.status }))
    }
    request.send(form)
  })
}

/** Stores a file with the annual plan of a year: minutes, or a leader's instruction. */
export const uploadForPlan = (year: number, file: File, kind: string) => send({ plan: year }, file, kind)
