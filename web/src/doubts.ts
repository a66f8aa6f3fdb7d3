import { computed, type ComputedRef, inject, type InjectionKey, provide, ref } from 'vue'
import type { Doubt } from './domain/doubt'

export interface Doubts {
  /** doubts without an answer, by pointer of their field */
  open: ComputedRef<Map<string, Doubt>>
  /** the person says that the figure is what was meant */
  sure: (doubt: Doubt) => void
}

const name: InjectionKey<Doubts> = Symbol('doubts')

/** Asks about figures of a page, each once; `under` names where this browser keeps the answers. */
export function provideDoubts(under: string, all: () => Map<string, Doubt>): Doubts {
  const storage = `qc.sure.${under}`
  const answered = ref(new Set<string>(remembered(storage)))
  const open = computed(() => new Map([...all()].filter(([, d]) => !answered.value.has(d.id))))
  function sure(doubt: Doubt) {
    answered.value.add(doubt.id)
    try {
      localStorage.setItem(storage, JSON.stringify([...answered.value]))
    } catch {
      // asked again next time
    }
  }
  const doubts = { open, sure }
  provide(name, doubts)
  return doubts
}

function remembered(storage: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storage) ?? '[]')
    return Array.isArray(kept) ? kept.map(String) : []
  } catch {
    return []
  }
}

export const useDoubts = () => inject(name, undefined)
