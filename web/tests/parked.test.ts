import { describe, expect, it } from 'vitest'
import type { InboxItem } from '@/api/types'
import { mineToDecide } from '@/domain/parked'

const item = (id: string, state: string, mayConfirm?: boolean) =>
  ({ id, state, ...(mayConfirm === undefined ? {} : { decision: { kind: 'correct', mayConfirm } }) }) as unknown as InboxItem

describe('what waits for a person among parked events', () => {
  const all = [item('open', 'parked'), item('mine', 'parked', false), item('theirs', 'parked', true), item('done', 'applied', true)]
  it('gives who operates the line what nobody has decided, and what another has', () => {
    expect(mineToDecide(all, true).map((i) => i.id)).toEqual(['open', 'theirs'])
  })
  it('gives who only confirms what another has decided', () => {
    expect(mineToDecide(all, false).map((i) => i.id)).toEqual(['theirs'])
  })
})
