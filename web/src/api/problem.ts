import type { Problem } from './types'

/** What went wrong with a call, as RFC 9457 says it; `offline` when no answer came. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title)
    this.name = 'ProblemError'
  }

  /** The last part of the problem's type: stale-version, task-closed, invalid-input … */
  get slug(): string {
    return this.problem.type.split('/').at(-1) ?? ''
  }

  /** Worth sending again as it is: nothing was decided. */
  get passing(): boolean {
    return this.problem.status === 0 || this.problem.status === 503
  }
}

export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  return new ProblemError({ type: '/problems/offline', title: '', status: 0, detail: error instanceof Error ? error.message : undefined })
}

/** Messages by pointer below `prefix`: /data/lines/0/reviewed → /lines/0/reviewed. */
export function fieldErrors(problem: Problem | undefined, prefix: string): Map<string, string> {
  const out = new Map<string, string>()
  for (const e of problem?.errors ?? []) {
    if (e.pointer.startsWith(prefix)) out.set(e.pointer.slice(prefix.length), e.detail)
  }
  return out
}
