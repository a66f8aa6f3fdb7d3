import { expect, test } from 'vitest'
import en from '@/i18n/en'
import zh from '@/i18n/zh-CN'

type Node = string | string[] | { [key: string]: Node }

function leaves(node: Node, path = ''): [string, string][] {
  if (typeof node === 'string') return [[path, node]]
  return Object.entries(node).flatMap(([key, child]) => leaves(child as Node, path ? `${path}.${key}` : key))
}

const chinese = new Map(leaves(zh))
const english = new Map(leaves(en))

test('both catalogues have the same keys', () => {
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
})

test('both languages use the same placeholders', () => {
  const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).filter((n) => n !== 'n'))].sort()
  for (const [key, text] of chinese) expect(names(english.get(key)!), key).toEqual(names(text))
})

test('English is English, and Chinese quotes and dashes stay out of it', () => {
  for (const [key, text] of english) if (!key.startsWith('me.languages')) expect(text, key).not.toMatch(/[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/)
})
