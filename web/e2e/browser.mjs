// The browser of the specs: the machine's, or the one that scripts/machine.mjs brought into build/machine.
import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const brought = join(import.meta.dirname, '..', '..', 'build', 'machine')
const own = join(brought, 'chromium')
const fonts = join(brought, 'fonts', 'fonts.conf')

const candidates = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', join(own, 'chromium')]

const runs = (file) => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A headless Chromium; what it lacks of libraries and fonts lies beside the one that was brought. */
export function launch() {
  const executablePath = candidates.find((file) => file && runs(file))
  if (!executablePath) throw new Error('there is no Chromium: node scripts/machine.mjs brings one, or name it by CHROMIUM')
  const env = { ...process.env }
  if (existsSync(fonts)) env.FONTCONFIG_FILE = fonts
  if (executablePath.startsWith(own)) env.LD_LIBRARY_PATH = [join(own, 'al2023', 'lib'), own, env.LD_LIBRARY_PATH].filter(Boolean).join(':')
  return chromium.launch({ executablePath, env, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}
