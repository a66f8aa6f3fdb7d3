import { defineStore } from 'pinia'
import { ref } from 'vue'

export interface Notice {
  text: string
  detail?: string
  /** one thing to do about it: undo, or go there */
  action?: { label: string; run: () => void }
}

const shown = 8000 // ms

/** The line at the bottom that says what just happened. */
export const useNotices = defineStore('notices', () => {
  const current = ref<Notice>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function say(notice: Notice) {
    clearTimeout(timer)
    current.value = notice
    timer = setTimeout(dismiss, shown)
  }

  function dismiss() {
    current.value = undefined
  }

  return { current, say, dismiss }
})
