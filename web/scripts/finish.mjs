// After the build: holds the budget of the first load and adds the .gz twins that the server sends.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url).pathname
const budget = 300_000

const gzip = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 })

// What a browser fetches before the inbox stands: the entry, the pages it opens on, and what these import.
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))
const first = new Set(['index.html'])
const need = (name) => {
  const chunk = manifest[name]
  if (!chunk) throw new Error(`${name} is not in the build`)
  if (first.has(chunk.file)) return
  first.add(chunk.file)
  chunk.css?.forEach((file) => first.add(file))
  chunk.imports?.forEach(need)
}
for (const name of ['index.html', 'src/pages/inbox/Inbox.vue', 'src/pages/task/Task.vue']) need(name)

const size = [...first].reduce((sum, file) => sum + gzip(file).length, 0)
console.log(`first load with inbox and task page: ${(size / 1000).toFixed(1)} kB gzipped (budget ${budget / 1000} kB)`)
if (size > budget) {
  console.error(`The first load is over its budget. Load what is not needed at once with import().`)
  process.exit(1)
}

for (const entry of readdirSync(dist, { recursive: true })) {
  const path = join(dist, entry)
  if (statSync(path).isFile() && /\.(js|css|html|svg)$/.test(entry)) writeFileSync(path + '.gz', gzip(entry))
}
