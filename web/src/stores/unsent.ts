import { useSession } from './session'

/** What was typed into a start form and has not reached the server. */
export interface Unsent {
  /** of the server, where one was saved before */
  draft?: string
  data: Record<string, unknown>
}

/**
 * Keeps in the browser what has not reached the server: over a sign-in that has expired, a dead line, a window that is closed at
 * once. One person, one process; whoever else signs in here does not see it.
 */
export function useUnsent(process: () => string) {
  const session = useSession()
  const name = () => `qc.begin.${session.me?.person.id}.${process()}`
  return {
    keep(what: Unsent) {
      try {
        localStorage.setItem(name(), JSON.stringify(what))
      } catch {
        // full, or closed to us: the server has the rest
      }
    },
    /** What is kept of a draft, or of whatever was typed last. */
    read(draft?: string): Unsent | undefined {
      try {
        const kept = JSON.parse(localStorage.getItem(name()) ?? 'null') as Unsent | null
        return kept && typeof kept.data === 'object' && (draft === undefined || kept.draft === draft) ? kept : undefined
      } catch {
        return undefined
      }
    },
    drop: () => localStorage.removeItem(name()),
  }
}
