import { onScopeDispose, reactive, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { asProblem } from '@/api/problem'
import type { Document } from '@/api/types'
import { type Folder, send } from '@/api/upload'

/** A file on its way: how much has left, and whether the line is broken. */
export interface Sent {
  name: string
  share: number
  state: 'queued' | 'going' | 'waiting' | 'checking'
  cancel: () => void
}

/** Files at once, one after the other: each with its progress; what was refused and what is there already is said in words. */
export function useSending() {
  const { t } = useI18n()
  const files = ref<Sent[]>([])
  const errors = ref<string[]>([])
  const twins = ref<string[]>([])
  const leaving = (event: BeforeUnloadEvent) => files.value.length && event.preventDefault()
  addEventListener('beforeunload', leaving)
  onScopeDispose(() => removeEventListener('beforeunload', leaving))

  async function one(folder: Folder, file: File, kind: string, row: Sent, signal: AbortSignal, replaces?: string): Promise<Document | undefined> {
    try {
      row.state = 'going'
      const progress = (share: number) => ((row.share = share), (row.state = share < 1 ? 'going' : 'checking'))
      const stored = await send(folder, file, kind, { progress, waiting: (broken) => (row.state = broken ? 'waiting' : 'going'), replaces, signal })
      if (stored.twins?.length) twins.value.push(t('file.twins', { name: file.name, what: stored.twins.join(t('list.comma')) }))
      return stored
    } catch (e) {
      if (signal.aborted) return undefined
      const { problem } = asProblem(e)
      errors.value.push(problem.status === 0 ? t('file.broken', { name: file.name }) : `${file.name}${t('list.colon')}${problem.errors?.[0]?.detail ?? problem.detail ?? problem.title}`)
      return undefined
    } finally {
      files.value = files.value.filter((f) => f !== row)
    }
  }

  /** Sends files to a folder; `stored` is told each as soon as it is there. */
  async function add(folder: Folder, some: File[], kind: string, stored: (d: Document) => void, replaces?: string) {
    errors.value = []
    twins.value = []
    const all = some.map((file) => {
      const stop = new AbortController()
      const row: Sent = reactive({ name: file.name, share: 0, state: 'queued', cancel: () => (stop.abort(), (files.value = files.value.filter((f) => f !== row))) })
      return { file, row, signal: stop.signal }
    })
    files.value = [...files.value, ...all.map((x) => x.row)]
    for (const { file, row, signal } of all) {
      const done = signal.aborted ? undefined : await one(folder, file, kind, row, signal, replaces)
      if (done) stored(done)
    }
  }
  return { files, errors, twins, add }
}

/** The files that were dropped or pasted. */
export const filesOf = (event: DragEvent | ClipboardEvent): File[] => [...(('dataTransfer' in event ? event.dataTransfer : event.clipboardData)?.files ?? [])]
