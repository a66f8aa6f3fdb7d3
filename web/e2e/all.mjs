// Runs the browser's specs one after the other, each on a platform of its own, and says how long each took.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const specs = ['run', 'moving', 'begin', 'lists', 'edges', 'registers', 'report', 'handover', 'second', 'operations', 'away', 'inlife', 'expired', 'readme', 'measure']

for (const name of process.argv.slice(2).length > 0 ? process.argv.slice(2) : specs) {
  const began = Date.now()
  console.log(`== ${name}`)
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.mjs`)], { stdio: 'inherit' })
  console.log(`== ${name}: ${status === 0 ? 'ok' : `failed (${status})`} after ${Math.round((Date.now() - began) / 1000)} s`)
  if (status !== 0) process.exit(1)
}
