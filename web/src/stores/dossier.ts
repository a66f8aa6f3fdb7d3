import { onScopeDispose, ref, watch } from 'vue'
import { api, attempts, must } from '@/api/client'
import { asProblem } from '@/api/problem'
import type { Project } from '@/api/types'
import { type Dossier, evidenceList, withEvidence } from '@/domain/application'
import { emptyRow, fromLine, toInput, untouched } from '@/domain/dossier'
import { collect, loadConditions, type Schema } from '@/domain/form'
import type { SaveState } from './drafts'

const pause = 900 // ms without a key press before it is saved

/** An application that saves itself: in the browser at once, on the server after a pause, in order, each save on the version the last one made. */
export function useDossier(person: string, code: string) {
  const project = ref<Project>()
  const dossier = ref<Dossier>()
  const state = ref<SaveState>('none')
  const savedAt = ref<string>()
  const failure = ref<unknown>()
  const storage = `qc.dossier.${person}.${code}`

  let etag = ''
  let saved = { head: '', lines: '' }
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined
  const key = attempts()

  /** The answers as they are sent; the evidence of prices goes by number of the line. */
  function form(d: Dossier) {
    const schema = project.value?.formSchema as Schema | undefined
    const priceEvidence = evidenceList(d.rows)
    const all = { ...d.form, ...(priceEvidence.length ? { priceEvidence } : {}) }
    return schema ? collect(schema.components, all, {}) : all
  }
  const head = (d: Dossier) => ({ name: d.name.trim(), type: d.type, ...(d.mlpsLevel ? { mlpsLevel: d.mlpsLevel } : {}), form: form(d) })

  async function load() {
    failure.value = undefined
    const answer = await api.GET('/api/v1/projects/{code}', { params: { path: { code } } }).catch((e: unknown) => Promise.reject(asProblem(e)))
    took(await must(Promise.resolve(answer)), answer.response)
    const p = project.value!
    await loadConditions(p.formSchema as Schema | undefined)
    const fresh: Dossier = { name: p.name, type: p.type, mlpsLevel: p.mlpsLevel || undefined, form: { ...p.form, priceEvidence: undefined }, rows: withEvidence(p.lines.map(fromLine), p.form) }
    saved = { head: JSON.stringify(head(fresh)), lines: JSON.stringify(toInput(fresh.rows)) }
    const kept = readUnsaved()
    dossier.value = kept ? { ...kept, rows: kept.rows.map(fromLine) } : fresh
    if (dossier.value.rows.length === 0) dossier.value.rows.push(emptyRow())
    if (kept) schedule(0)
  }

  function readUnsaved(): Dossier | undefined {
    try {
      return (JSON.parse(localStorage.getItem(storage) ?? 'null') as Dossier | null) ?? undefined
    } catch {
      return undefined
    }
  }

  function took(p: Project, response: Response) {
    project.value = p
    etag = response.headers.get('ETag') ?? `"${p.version}"`
  }

  function schedule(ms = pause) {
    clearTimeout(timer)
    timer = setTimeout(() => void save(), ms)
  }

  /** Saves what has changed; resolves when the server has everything that is complete. */
  async function save(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    await running
    running = write()
    await running
  }

  async function write() {
    const d = dossier.value
    if (!d) return
    const headNow = JSON.stringify(head(d))
    const lines = toInput(d.rows)
    const linesNow = JSON.stringify(lines)
    try {
      if (headNow !== saved.head && [...d.name.trim()].length >= 2 && d.type) {
        state.value = 'saving'
        const body = head(d)
        const answer = await api.PATCH('/api/v1/projects/{code}', { params: { path: { code }, header: { 'If-Match': etag, 'Idempotency-Key': key([etag, body]) } }, body })
        took(await must(Promise.resolve(answer)), answer.response)
        saved.head = headNow
      }
      if (lines && linesNow !== saved.lines) {
        state.value = 'saving'
        const answer = await api.PUT('/api/v1/projects/{code}/lines', { params: { path: { code }, header: { 'If-Match': etag, 'Idempotency-Key': key([etag, lines]) } }, body: { lines } })
        took(await must(Promise.resolve(answer)), answer.response)
        saved.lines = linesNow
      }
      failure.value = undefined
      const all = headNow === saved.head && linesNow === saved.lines
      if (all && timer === undefined) localStorage.removeItem(storage)
      state.value = all ? 'saved' : 'local'
      savedAt.value = new Date().toISOString()
    } catch (e) {
      failure.value = asProblem(e)
      state.value = 'local'
    }
  }

  watch(
    dossier,
    (d, before) => {
      if (!d || !before) return // what was just loaded is no change
      localStorage.setItem(storage, JSON.stringify({ ...d, rows: d.rows.filter((r) => !untouched(r)) }))
      state.value = 'saving'
      schedule()
    },
    { deep: true },
  )
  const online = () => state.value === 'local' && schedule(0)
  addEventListener('online', online)
  onScopeDispose(() => {
    removeEventListener('online', online)
    if (timer !== undefined) void save()
  })

  /** Throws away what this browser keeps and reads the server's again. */
  async function discard() {
    localStorage.removeItem(storage)
    await load()
  }

  return { project, dossier, state, savedAt, failure, load, save, discard }
}
