import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const sources = join(import.meta.dirname, '../src')
const definitions = join(import.meta.dirname, '../../workflows/definitions')

/** Ids of elements that the shipped models give to what people do; a county's own models have others. */
const elements = new Set(
  readdirSync(definitions, { encoding: 'utf8' })
    .filter((f) => f.endsWith('.bpmn'))
    .flatMap((f) => [...readFileSync(join(definitions, f), 'utf8').matchAll(/<(?:bpmn:)?\w*[tT]ask\b[^>]*?\sid="([^"]+)"/g)].map((m) => m[1]!)),
)

test('the client knows no id of an element and none of a unit', () => {
  expect(elements.size).toBeGreaterThan(30)
  const found: string[] = []
  for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(vue|ts)$/.test(file) || file.endsWith('schema.d.ts')) continue // generated, with the contract's examples
    const text = readFileSync(join(sources, file), 'utf8')
    for (const [word] of text.matchAll(/\bDP\d{2}\b|['"`/](?:p\d+|r1)_\w*/g)) found.push(`${file}: ${word}`)
    for (const [, word] of text.matchAll(/['"`]([a-z]\w+_\w+)['"`]/g)) if (elements.has(word!)) found.push(`${file}: ${word}`)
  }
  expect(found).toEqual([])
})
