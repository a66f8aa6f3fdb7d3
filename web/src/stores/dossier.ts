import { ref } from 'vue'
import { api, attempts, must } from '@/api/client'
import type { Project } from '@/api/types'
import { type Dossier, evidenceList, measures, withEvidence } from '@/domain/application'
import { emptyRow, fromLine, joined, plain, type Row, split, untouched } from '@/domain/dossier'
import { collect, type Data, loadConditions, type Schema } from '@/domain/form'
import { clone, type Json, same } from '@/domain/merge'
import { withPoints } from '@/domain/points'
import { type Stand, useKeeper } from './keeper'

/** The application as content: what is compared, kept and sent. */
interface Content extends Json {
  name: string
  type: string
  mlpsLevel?: number
  form: Data
  rows: Omit<Row, 'id'>[]
}

const mostLetters = (text: string) => [...text].length

/** An application that saves itself, over the version that was seen; header and lines travel apart. */
export function useDossier(person: string, code: string) {
  const project = ref<Project>()
  const dossier = ref<Dossier>()
  const key = attempts()
  const storage = `qc.dossier.${person}.${code}`

  /** The answers as they are sent. The evidence of prices is edited with the lines. */
  const answers = (form: Data) => {
    const schema = project.value?.formSchema as Schema | undefined
    const own = clone({ ...form, priceEvidence: undefined })
    return schema ? collect(schema.components, own, {}) : own
  }
  const content = (d: Dossier): Content => ({ name: d.name.trim(), type: d.type, mlpsLevel: d.mlpsLevel || undefined, form: answers(d.form), rows: d.rows.filter((r) => !untouched(r)).map(plain) })
  const rowsOf = (rows: Content['rows']) => rows.map((r) => fromLine(clone(r)))

  function show(c: Content) {
    const now = dossier.value
    const rows = now && same(content(now).rows, c.rows) ? now.rows : rowsOf(c.rows)
    dossier.value = { name: c.name, type: c.type, mlpsLevel: c.mlpsLevel, form: c.form, rows: rows.length ? rows : [emptyRow()] }
  }

  async function read(): Promise<Stand<Content>> {
    const p = await must(api.GET('/api/v1/projects/{code}', { params: { path: { code } } }))
    project.value = p
    await loadConditions(p.formSchema as Schema | undefined)
    const { rows, form } = withPoints(withEvidence(joined(p.lines, p.incompleteLines ?? []), p.form), p.form)
    return { content: content({ name: p.name, type: p.type, mlpsLevel: p.mlpsLevel || undefined, form, rows }), revision: p.version, at: p.updatedAt }
  }

  const head = (c: Content) => {
    const rows = rowsOf(c.rows)
    const priceEvidence = evidenceList(rows)
    return {
      ...(mostLetters(c.name) >= 2 ? { name: c.name } : {}),
      ...(c.type ? { type: c.type } : {}),
      ...(c.mlpsLevel ? { mlpsLevel: c.mlpsLevel } : {}),
      form: { ...c.form, ...(priceEvidence.length ? { priceEvidence } : {}), ...measures(rows, c.form) },
    }
  }

  const keeper = useKeeper<Content>({
    storage,
    person,
    source: dossier,
    read: () => content(dossier.value!),
    write: show,
    fetch: read,
    async send(c, base, seen, landed) {
      const arrived = { ...c, name: head(c).name ?? base.name }
      const write = (version: number, body: unknown) => ({ params: { path: { code }, header: { 'If-Match': `"${version}"`, 'Idempotency-Key': key([version, body]) } } })
      const took = (p: Project, what: Content) => {
        project.value = p
        landed(p.version, what, p.updatedAt)
        return p.version
      }
      let version = seen
      const body = head(c)
      if (!same(body, head(base))) version = took(await must(api.PATCH('/api/v1/projects/{code}', { ...write(version, body), body })), { ...arrived, rows: base.rows })
      const rows = split(rowsOf(c.rows))
      if (!same(rows, split(rowsOf(base.rows)))) version = took(await must(api.PUT('/api/v1/projects/{code}/lines', { ...write(version, rows), body: rows })), arrived)
      else landed(version, arrived, project.value?.updatedAt)
      return same(arrived, c) ? undefined : 'draft.leftName'
    },
    // The former release kept the application itself, only while the server had not got it.
    former: (kept) => (Array.isArray(kept.rows) ? { content: content({ ...(kept as unknown as Dossier), rows: (kept.rows as Row[]).map(fromLine) }), unsent: true } : undefined),
    pause: 900,
  })

  const load = async () => keeper.open(await read())

  /** Throws away what only this browser has and reads the server's again. Returns what brings it back. */
  async function discard(): Promise<() => void> {
    const was = content(dossier.value!)
    localStorage.removeItem(storage)
    await load()
    return () => show(was)
  }

  return { ...keeper, project, dossier, load, discard }
}
