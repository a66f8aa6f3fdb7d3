import { useQueryClient, type InfiniteData } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import { api, attempts, must, settled } from './api/client'
import { asProblem } from './api/problem'
import type { components } from './api/schema'
import type { AllowedOperation, NextTask, OperationResult, TaskDetail, TaskSummary } from './api/types'
import { type Notice, useNotices } from './stores/notices'
import { useSession } from './stores/session'

export type OperationRequest = components['schemas']['OperationRequest']

type Page = { items: TaskSummary[]; counts: { mine: number } }

/** Acts on tasks: sends the operation, says what happened, and opens what comes next. */
export function useAct() {
  const { t } = useI18n()
  const route = useRoute()
  const router = useRouter()
  const queries = useQueryClient()
  const notices = useNotices()
  const session = useSession()
  const key = attempts()

  /** Sends one operation. Throws a ProblemError when it is refused. */
  async function operate(task: TaskSummary, operation: AllowedOperation, body: OperationRequest): Promise<OperationResult> {
    try {
      return await settled(
        must(
          api.POST('/api/v1/tasks/{key}/{operation}', {
            params: { path: { key: task.key, operation: operation.operation }, header: { 'Idempotency-Key': key({ task: task.key, operation: operation.operation, ...body }) } },
            body,
          }),
        ),
      )
    } catch (e) {
      if (!asProblem(e).passing) key.forget()
      throw e
    }
  }

  /** The list as it was shown, without the task: what to do next is decided before it is read again. */
  function following(task: TaskSummary, result: OperationResult): string | undefined {
    const mine = result.nextTasks.find((x) => x.mine && x.key && x.key !== task.key)
    if (mine) return mine.key
    const lists = queries.getQueriesData<InfiniteData<Page>>({ queryKey: ['tasks'] })
    const items = lists.map(([, data]) => data?.pages.flatMap((p) => p.items) ?? []).find((list) => list.some((x) => x.key === task.key))
    if (!items) return undefined
    const at = items.findIndex((x) => x.key === task.key)
    return [...items.slice(at + 1), ...items.slice(0, at)].find((x) => x.state === 'open')?.key
  }

  const receivers = (tasks: NextTask[]) => [...new Set(tasks.flatMap((x) => x.holders.slice(0, 3).map((h) => h.name)))].slice(0, 4).join(t('list.comma'))

  function said(operation: AllowedOperation, result: OperationResult): string {
    if (result.confirmation) return t('act.asked', { what: operation.label })
    const to = receivers(result.nextTasks)
    return to ? t('act.doneTo', { what: operation.label, who: to }) : t('act.done', { what: operation.label })
  }

  /** After an operation: the line with its undo, the next task, and fresh lists. */
  async function follow(task: TaskDetail, operation: AllowedOperation, result: OperationResult) {
    const next = result.task?.state === 'open' && result.task.assignee?.id === session.me?.person.id ? task.key : following(task, result)
    const detail = task.projectName ?? task.name
    const line = notices.say({ text: said(operation, result), detail })
    const query = { ...route.query, act: undefined }
    await Promise.all(['tasks', 'me', 'projects', 'rectifications'].map((root) => queries.invalidateQueries({ queryKey: [root], refetchType: 'none' })))
    for (const root of ['task', 'project', 'diagram', 'timeline', 'ledger', 'documents', 'rectification']) void queries.invalidateQueries({ queryKey: [root] })
    if (next !== task.key) await router.push(next ? { name: 'task', params: { key: next }, query } : { name: 'inbox', query })
    for (const root of ['tasks', 'me']) void queries.invalidateQueries({ queryKey: [root] })
    void offerUndo(task, line)
  }

  /** Offers to take the act back where the process allows it, in the line that tells of it. */
  async function offerUndo(task: TaskDetail, line: Notice) {
    const now = await must(api.GET('/api/v1/tasks/{key}', { params: { path: { key: task.key } } })).catch(() => undefined)
    const undo = now?.operations.find((o) => ['recall', 'withdraw'].includes(o.operation) && !o.blocked)
    if (!now || !undo) return
    notices.offer(line, { label: undo.label, run: () => void router.push({ name: 'task', params: { key: task.key }, query: { act: undo.operation } }) })
  }

  return { operate, follow }
}
