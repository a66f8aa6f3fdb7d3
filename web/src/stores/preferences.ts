import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { setLanguage, type Language } from '@/i18n'

type Theme = 'auto' | 'light' | 'dark'

/** How this person wants to see things; kept in the browser. */
export const usePreferences = defineStore('preferences', () => {
  const theme = ref((localStorage.getItem('qc.theme') ?? 'auto') as Theme)
  const language = ref((localStorage.getItem('qc.lang') ?? 'zh-CN') as Language)
  /** 关怀模式: large text on every page. */
  const large = ref(localStorage.getItem('qc.large') === '1')
  const compact = ref(localStorage.getItem('qc.compact') === '1')

  const system = matchMedia('(prefers-color-scheme: dark)')
  const paint = () => {
    const dark = theme.value === 'dark' || (theme.value === 'auto' && system.matches)
    document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  }
  system.addEventListener('change', paint)
  watch(theme, (value) => {
    localStorage.setItem('qc.theme', value)
    paint()
  })
  watch(language, (value) => {
    localStorage.setItem('qc.lang', value)
    void setLanguage(value)
  })
  watch(compact, (value) => localStorage.setItem('qc.compact', value ? '1' : '0'))

  watch(large, (value) => {
    localStorage.setItem('qc.large', value ? '1' : '0')
    if (value) document.documentElement.dataset.text = 'large'
    else delete document.documentElement.dataset.text
  })

  return { theme, language, large, compact }
})
