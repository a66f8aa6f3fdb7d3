// Reads a .docx as any reader does that knows zip and XML, and nothing of ours.
import { inflateRawSync } from 'node:zlib'

/** The files of an archive by name, by its central directory. */
export function unzip(raw) {
  let end = raw.length - 22
  while (end >= 0 && raw.readUInt32LE(end) !== 0x06054b50) end--
  if (end < 0) throw new Error('this is no archive')
  const files = new Map()
  for (let n = raw.readUInt16LE(end + 10), at = raw.readUInt32LE(end + 16); n > 0; n--) {
    const [method, size, name, extra, comment, local] = [raw.readUInt16LE(at + 10), raw.readUInt32LE(at + 20), raw.readUInt16LE(at + 28), raw.readUInt16LE(at + 30), raw.readUInt16LE(at + 32), raw.readUInt32LE(at + 42)]
    const from = local + 30 + raw.readUInt16LE(local + 26) + raw.readUInt16LE(local + 28)
    const body = raw.subarray(from, from + size)
    files.set(raw.subarray(at + 46, at + 46 + name).toString(), method === 8 ? inflateRawSync(body) : body)
    at += 46 + name + extra + comment
  }
  return files
}

const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' }

/** The paragraphs of a document, those of its tables included. */
export function paragraphs(raw) {
  const xml = unzip(raw).get('word/document.xml')?.toString()
  if (!xml) throw new Error('there is no word/document.xml')
  return xml.split('</w:p>').map((p) => [...p.matchAll(/<w:t(?: [^>]*)?>([^<]*)<\/w:t>/g)].map((m) => m[1].replace(/&\w+;/g, (e) => entities[e] ?? e)).join('')).filter(Boolean)
}
