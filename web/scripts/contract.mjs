// Types of the API for the client: one document made of the rooms' files, as api/spec.go makes it.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { load } from 'js-yaml'
import openapiTS, { astToString } from 'openapi-typescript'

const rooms = new URL('../../api/openapi/', import.meta.url)
const target = new URL('../src/api/schema.d.ts', import.meta.url)

/** Adds what a room says to the document; tags are lists, what is said twice is an error. */
const add = (all, some, what, file) => {
  for (const [name, value] of Object.entries(some ?? {})) {
    if (name in all) throw new Error(`${file}: ${what}${name} stands in another file already`)
    all[name] = value
  }
}

const spec = { tags: [], paths: {}, components: {} }
for (const file of readdirSync(rooms).filter((name) => name.endsWith('.yaml')).sort()) {
  const { tags = [], paths, components = {}, ...head } = load(readFileSync(new URL(file, rooms), 'utf8'))
  spec.tags.push(...tags)
  add(spec, head, '', file)
  add(spec.paths, paths, 'paths: ', file)
  for (const [kind, some] of Object.entries(components)) add((spec.components[kind] ??= {}), some, `${kind}: `, file)
}
writeFileSync(target, '// Made of api/openapi by npm run gen.\n' + astToString(await openapiTS(spec)))

// Lists that the browser arranges by itself, as api/shown.go takes them out, with their words.
const json = (path) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))
writeFileSync(new URL('../src/api/shown.ts', import.meta.url), `// Made of api/shown.json and texts/shown by npm run gen.
export const lists = ${JSON.stringify(json('api/shown.json'))} as const
export const words: Record<string, Record<string, string>> = ${JSON.stringify({ 'zh-CN': json('texts/shown.zh.json'), en: json('texts/shown.en.json') })}
`)
