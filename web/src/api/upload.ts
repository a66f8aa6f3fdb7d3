import { api, attempts, must } from './client'
import type { Document } from './types'

function parts(file: File, kind: string, title?: string) {
  const form = new FormData()
  form.set('file', file)
  form.set('kind', kind)
  if (title) form.set('title', title)
  return {
    body: form as never, // the generated type says what the fields are, FormData carries them
    bodySerializer: (body: unknown) => body as FormData,
  }
}

/** Stores a file with a project. The server decides by its content whether it is what it says. */
export function upload(code: string, file: File, kind: string, title?: string): Promise<Document> {
  return must(api.POST('/api/v1/projects/{code}/documents', { params: { path: { code }, header: { 'Idempotency-Key': attempts()(file.name) } }, ...parts(file, kind, title) }))
}

/** Stores a file with a finding, inside a project or not. */
export function uploadEvidence(no: string, file: File, kind: string): Promise<Document> {
  return must(api.POST('/api/v1/rectifications/{no}/documents', { params: { path: { no }, header: { 'Idempotency-Key': attempts()(file.name) } }, ...parts(file, kind) }))
}

/** Stores a file with the annual plan of a year: minutes, or a leader's instruction. */
export function uploadForPlan(year: number, file: File, kind: string): Promise<Document> {
  return must(api.POST('/api/v1/plans/{year}/documents', { params: { path: { year }, header: { 'Idempotency-Key': attempts()(file.name) } }, ...parts(file, kind) }))
}
