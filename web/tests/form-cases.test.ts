import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { check, collect, type Data, loadConditions, type Schema } from '@/domain/form'

/** The same cases as the server's (forms/cases_test.go): what is sent, and what is wrong with it. What no browser sends (forged) is the server's alone. */
interface Case { name: string; components: Schema['components']; scope?: Data; typed: Data; sent: Data; problems?: string[]; forged?: boolean }
const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, '../../forms/testdata/cases.json'), 'utf8')) as { cases: Case[] }
const codes: Record<string, string> = { mustTick: 'required' }

beforeAll(async () => {
  vi.useFakeTimers({ now: new Date('2026-11-24T12:00+08:00') })
  await loadConditions({ id: 'all', components: [{ id: 'x', type: 'text', conditional: { hide: '=true' } }] })
})
afterAll(() => vi.useRealTimers())

test.each(cases.filter((c) => !c.forged).map((c) => [c.name, c] as const))('%s', (_, c) => {
  expect(collect(c.components, c.typed, c.scope ?? {})).toEqual(c.sent)
  const found = [...check(c.components, c.typed, c.scope ?? {})].map(([pointer, m]) => `${pointer} ${codes[m.key.slice(5)] ?? m.key.slice(5)}`)
  expect(found).toEqual(c.problems ?? [])
})
