import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import zh from '@/i18n/zh-CN'

const sources = join(import.meta.dirname, '../src')

test('every message that the client asks for by name is in the catalogue', () => {
  const missing: string[] = []
  for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(vue|ts)$/.test(file)) continue
    for (const [, key] of readFileSync(join(sources, file), 'utf8').matchAll(/\bt\('([\w.-]+)'/g)) {
      const found = key!.split('.').reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], zh)
      if (typeof found !== 'string') missing.push(`${file}: ${key}`)
    }
  }
  expect(missing).toEqual([])
})
