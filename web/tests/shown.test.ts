import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { arranged } from '@/components/find/shown'
import { lists, words } from '@/api/shown'
import { router } from '@/router'

const read = (path: string) => readFileSync(join(process.cwd(), '..', path), 'utf8')
const shared = JSON.parse(read('api/testdata/shown/cases.json'))

describe('lists that one answer shows whole', () => {
  it.each(shared.cases as { asked: Record<string, string>; rows: string }[])('$asked', ({ asked, rows }) => {
    const got = arranged(shared.rows as { no: string }[], shared.list, asked, (id) => shared.units[id] ?? id)
    expect(got.map((r) => r.no).join(' ')).toBe(rows)
  })
  it('have a head for each column in both languages', () => {
    for (const [name, list] of Object.entries(lists)) for (const language of ['zh-CN', 'en']) expect(words[language]?.[`export.${name}`]?.split('|'), name).toHaveLength(list.columns.length)
  })
})

describe('docs/finding.md', () => {
  const doc = read('docs/finding.md')
  it('says of each page which lists it has', () => {
    const told = new Set([...doc.matchAll(/^\| (`\/[^|]*) \|/gm)].flatMap((m) => [...m[1]!.matchAll(/`([^`]*)`/g)].map((x) => x[1])))
    const pages = router.getRoutes().map((r) => r.path).filter((path) => !['/', '/:rest(.*)*'].includes(path))
    expect(pages.filter((path) => !told.has(path)), 'pages that it does not speak of').toEqual([])
    expect([...told].filter((path) => !pages.includes(path!)), 'no such page').toEqual([])
  })
  it('speaks of each list that can be taken out whole', () => {
    expect(Object.keys(lists).filter((name) => !doc.includes(`\`${name}\``))).toEqual([])
  })
})
