import type { InboxItem } from '@/api/types'

/** What of the events that wait for a person waits for this one: to decide where it belongs, or to confirm what another decided. */
export function mineToDecide(items: InboxItem[], mayOperate: boolean): InboxItem[] {
  return items.filter((i) => i.state === 'parked' && (i.decision ? i.decision.mayConfirm : mayOperate))
}
