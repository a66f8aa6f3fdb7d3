import { api, attempts, must } from './client'
import type { Document } from './types'

/** Stores a file with a project. The server decides by its content whether it is what it says. */
export function upload(code: string, file: File, kind: string, title?: string): Promise<Document> {
  const form = new FormData()
  form.set('file', file)
  form.set('kind', kind)
  if (title) form.set('title', title)
  return must(
    api.POST('/api/v1/projects/{code}/documents', {
      params: { path: { code }, header: { 'Idempotency-Key': attempts()(file.name) } },
      body: form as never, // the generated type says what the fields are, FormData carries them
      bodySerializer: (body: unknown) => body as FormData,
    }),
  )
}
