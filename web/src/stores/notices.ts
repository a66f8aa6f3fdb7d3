import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

export interface Notice {
  text: string
  detail?: string
  /** one thing to do about it: undo, or go there */
  action?: { label: string; run: () => void }
  /** until it is acted on, or another one comes */
  stays?: boolean
}

const shown = 8000 // ms
const undoable = 15_000 // ms that an undo is offered

/** The line at the bottom that says what just happened. */
export const useNotices = defineStore('notices', () => {
  const current = shallowRef<Notice>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function say(notice: Notice): Notice {
    clearTimeout(timer)
    current.value = notice
    if (!notice.stays) timer = setTimeout(dismiss, notice.action ? undoable : shown)
    return notice
  }

  /** Adds what can be done about it to a line, unless another one stands there by now. */
  function offer(line: Notice, action: Notice['action']) {
    if (current.value === line) say({ ...line, action })
  }

  function dismiss() {
    current.value = undefined
  }

  return { current, say, offer, dismiss }
})
