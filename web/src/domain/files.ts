import type { Document } from '@/api/types'

/** What can be looked at without being kept: PDF, images and text, which run nothing. */
export const canPreview = (d: Pick<Document, 'contentType' | 'paper'> | undefined) => Boolean(d && !d.paper && /^(application\/pdf|image\/(png|jpeg)|text\/(plain|csv))$/.test(d.contentType))

/** The newest version of each file, with those before it, the newest of them first. */
export function versions(all: Document[]): { newest: Document; former: Document[] }[] {
  const byId = new Map(all.map((d) => [d.id, d]))
  const newest = all.filter((d) => !d.replacedBy || !byId.has(d.replacedBy))
  return newest.map((d) => {
    const former: Document[] = []
    for (let at = byId.get(d.replaces ?? ''); at; at = byId.get(at.replaces ?? '')) former.push(at)
    return { newest: d, former }
  })
}
