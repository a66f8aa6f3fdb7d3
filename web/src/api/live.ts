import type { QueryClient } from '@tanstack/vue-query'

/** Queries that a change of each kind may have touched. */
const touched: Record<string, string[]> = {
  task: ['tasks', 'task', 'me', 'project', 'course', 'inspections', 'projects', 'diagram', 'case'],
  project: ['project', 'projects', 'timeline', 'ledger', 'diagram', 'documents', 'tasks', 'case'],
  rectification: ['rectifications', 'rectification', 'case'],
  partner: ['partners', 'me'],
  incident: ['incidents', 'me'],
  notification: ['notifications', 'me', 'confirmations', 'seconds', 'case'], // a second person is asked, and answers, by a message
}

/** Listens to the server's changes and reads again what is on screen. Returns what ends it. */
export function listen(queries: QueryClient): () => void {
  let pending = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const source = new EventSource('/api/v1/events')
  const refresh = () => {
    timer = undefined
    const roots = pending
    pending = new Set()
    void queries.invalidateQueries({ predicate: (q) => roots.has(String(q.queryKey[0])) })
  }
  const touch = (kinds: string[]) => {
    for (const kind of kinds) for (const root of touched[kind] ?? []) pending.add(root)
    timer ??= setTimeout(refresh, 150) // a step makes several changes; read once
  }
  source.addEventListener('change', (event) => touch([(JSON.parse(event.data) as { kind: string }).kind]))
  let first = true
  source.addEventListener('hello', () => {
    if (!first) touch(Object.keys(touched)) // connected again: something may have been missed
    first = false
  })
  return () => {
    clearTimeout(timer)
    source.close()
  }
}
