// A page is shown when it stands: until what it asks for at first has come, its parts would push each other about.
import type { QueryClient } from '@tanstack/vue-query'
import { onScopeDispose, readonly, ref, watch, type Ref } from 'vue'

/** Frames without a question, after which nothing more is to come: an answer may lead to the next question. */
const QUIET = 3
/** Milliseconds after which a page is shown as it is: part of it is better than none. */
export const PATIENCE = 5_000

/** How many of the questions that are on their way have no answer to show yet. */
const open = (queries: QueryClient) => queries.isFetching({ predicate: (query) => query.state.status === 'pending' })

/** Whether the page of a key stands; a new key is a new page. */
export function useSettled(key: () => string, queries: QueryClient): Readonly<Ref<boolean>> {
  const settled = ref(false)
  let frame = 0
  const begin = () => {
    cancelAnimationFrame(frame)
    settled.value = false
    const since = performance.now()
    let quiet = 0
    const look = () => {
      quiet = open(queries) ? 0 : quiet + 1
      if (quiet > QUIET || performance.now() - since > PATIENCE) settled.value = true
      else frame = requestAnimationFrame(look)
    }
    frame = requestAnimationFrame(look)
  }
  watch(key, begin, { immediate: true, flush: 'sync' })
  onScopeDispose(() => cancelAnimationFrame(frame))
  return readonly(settled)
}
