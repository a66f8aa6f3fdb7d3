import { useI18n } from 'vue-i18n'
import type { Point } from '@/domain/application'

/** The sentence of a point; a name that is itself a key of the catalogue is said in words. */
export function usePoints() {
  const { t, te } = useI18n()
  return (p: Point) => {
    if (p.text) return `${p.label ?? ''} ${p.text}`.trim()
    const named = Object.fromEntries(Object.entries(p.named ?? {}).map(([k, v]) => [k, typeof v === 'string' && te(v) ? t(v) : v]))
    return `${p.label ?? ''} ${t(p.key, named)}`.trim()
  }
}
