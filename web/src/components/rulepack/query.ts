import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import { api, must } from '@/api/client'
import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type RulePack = Schemas['RulePackDetail']
export type RulePackInput = Schemas['RulePackInput']
export type RuleOfPack = RulePack['rules'][number]
export type Rehearsal = Schemas['Rehearsal']

export const useRulePacks = () => useQuery({ queryKey: ['rulepacks'], queryFn: () => must(api.GET('/api/v1/rulepacks')) })

export const useRulePack = (id: MaybeRefOrGetter<string | undefined>) =>
  useQuery({
    queryKey: computed(() => ['rulepacks', toValue(id)]),
    queryFn: () => must(api.GET('/api/v1/rulepacks/{id}', { params: { path: { id: toValue(id)! } } })),
    enabled: computed(() => !!toValue(id)),
  })

/** What a person changes of a pack: value and basis by "B06.L3". */
export type Edits = Record<string, { value?: string; basis?: string }>

/** The rows that differ from what the pack says, as they are sent; NaN where what stands there is no number. */
export function rowsOf(pack: RulePack, edits: Edits): NonNullable<RulePackInput['params']> {
  return pack.rules.flatMap((r) =>
    r.params.flatMap((p) => {
      const edit = edits[`${r.rule}.${p.key}`]
      const value = edit?.value === undefined ? p.value : readNumber(edit.value)
      const basis = edit?.basis ?? p.basis
      const moved = value !== p.value || basis !== p.basis
      const kept = p.before !== p.value // of a draft that is drafted on
      return moved || kept ? [{ rule: r.rule, key: p.key, value, basis, unit: p.unit, verified: p.verified && !moved, floating: p.floating }] : []
    }),
  )
}

/** A number as somebody types it: 3,000,000 or full-width digits. */
export function readNumber(text: string): number {
  const plain = text.normalize('NFKC').replaceAll(',', '').trim()
  return plain === '' ? NaN : Number(plain)
}

export const shownNumber = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 6 })
