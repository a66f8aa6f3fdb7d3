// Starts and stops the real binary on an empty data directory.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const binary = new URL('../../bin/quancheng', import.meta.url).pathname

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/** A running platform: its address, its data directory, its log so far, and stop(). With QC_SERVER set, that server is used. */
export async function startPlatform({ seed = false } = {}) {
  if (process.env.QC_SERVER) return { url: process.env.QC_SERVER, log: () => '', stop: async () => {} }
  if (!existsSync(binary)) throw new Error(`${binary} is missing; run "make build" first`)
  const data = mkdtempSync(join(tmpdir(), 'quancheng-e2e-'))
  const url = `http://127.0.0.1:${await freePort()}`
  const child = spawn(binary, ['dev', '--data', data, '--listen', url.slice('http://'.length), `--seed=${seed}`, '--county=false'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log = (log + text).slice(-200_000)))
  const ended = new Promise((resolve) => child.once('exit', resolve))

  const stop = async () => {
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await ended
    clearTimeout(late)
    rmSync(data, { recursive: true, force: true })
  }
  for (let tries = 0; ; tries++) {
    const ready = await fetch(`${url}/readyz`).catch(() => undefined)
    if (ready?.ok) return { url, data, log: () => log, stop }
    if (child.exitCode !== null || tries > 600) {
      await stop()
      throw new Error(`the platform did not start:\n${log}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
