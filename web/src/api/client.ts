import createClient from 'openapi-fetch'
import { ref } from 'vue'
import { asProblem, ProblemError } from './problem'
import type { paths } from './schema'
import type { Accepted, OperationResult, Problem } from './types'

/** Turns true when a call finds that nobody is signed in (any more). */
export const signedOut = ref(false)

const language = () => document.documentElement.lang || 'zh-CN'

/** The typed calls of the domain API. Use `must` around them: it throws a ProblemError or gives the answer. */
export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin', fetch: (request) => globalThis.fetch(request) })

api.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', language())
    return request
  },
  onResponse({ response, request }) {
    if (response.status === 401 && !new URL(request.url).pathname.endsWith('/session')) signedOut.value = true
  },
})

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

export async function must<T>(call: Promise<Answer<T>>): Promise<T> {
  const answer = await call.catch((error: unknown) => {
    throw asProblem(error)
  })
  if (!answer.response.ok) throw new ProblemError(toProblem(answer.error, answer.response))
  return answer.data as T
}

function toProblem(body: unknown, response: Response): Problem {
  if (typeof body === 'object' && body !== null && 'title' in body && 'type' in body) return body as Problem
  return { type: '/problems/unknown', title: `${response.status} ${response.statusText}`, status: response.status }
}

/** The outcome of an operation, also when it took longer than the server waits (202). */
export async function settled(call: Promise<OperationResult | Accepted>): Promise<OperationResult> {
  let answer = await call
  for (let wait = 200; 'location' in answer; wait = Math.min(wait * 2, 3000)) {
    await new Promise((resolve) => setTimeout(resolve, wait))
    const event = answer.event
    answer = await must(api.GET('/api/v1/outcomes/{event}', { params: { path: { event } } }))
  }
  return answer
}

/**
 * Idempotency keys for one form or button: the same body gets the same key again, so that
 * pressing twice or sending again after a dead network happens once. A refusal is an answer
 * that stays with its key: after forget, the same body is asked anew.
 */
export function attempts() {
  let last = ''
  let key = ''
  const keyOf = (body: unknown): string => {
    const text = JSON.stringify(body)
    if (text !== last || !key) key = randomKey()
    last = text
    return key
  }
  return Object.assign(keyOf, {
    forget: () => {
      key = ''
    },
  })
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16)) // randomUUID is missing outside secure contexts
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}
