import { attempts } from './client'
import { ProblemError } from './problem'
import type { Document, Problem } from './types'

/** Where files are kept: with a project, a finding, a matter outside both, or with who brings them for a matter to be begun. */
export interface Folder {
  project?: string
  finding?: string
  matter?: string
  /** year of an annual plan */
  plan?: number
}

/** Address of a folder. */
export function folderOf(folder: Folder): string {
  if (folder.project) return `/api/v1/projects/${encodeURIComponent(folder.project)}/documents`
  if (folder.finding) return `/api/v1/rectifications/${encodeURIComponent(folder.finding)}/documents`
  if (folder.plan) return `/api/v1/plans/${folder.plan}/documents`
  return folder.matter ? `/api/v1/instances/${encodeURIComponent(folder.matter)}/files` : '/api/v1/files'
}

/** Stores a file, telling how much of it has left. The server decides by its content whether it is what it says. */
export function send(folder: Folder, file: File, kind: string, progress?: (share: number) => void, title?: string): Promise<Document> {
  const form = new FormData()
  form.set('file', file)
  form.set('kind', kind)
  if (title) form.set('title', title)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest() // fetch does not tell how far an upload has come
    request.open('POST', folderOf(folder))
    request.setRequestHeader('Accept-Language', document.documentElement.lang || 'zh-CN')
    request.setRequestHeader('Idempotency-Key', attempts()(file.name))
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

export const upload = (code: string, file: File, kind: string, title?: string) => send({ project: code }, file, kind, undefined, title)
export const uploadEvidence = (no: string, file: File, kind: string) => send({ finding: no }, file, kind)
/** Stores a file with the annual plan of a year: minutes, or a leader's instruction. */
export const uploadForPlan = (year: number, file: File, kind: string) => send({ plan: year }, file, kind)
