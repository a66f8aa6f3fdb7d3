import type { AllowedOperation } from '@/api/types'

const decisions = new Set(['complete', 'agree', 'disagree', 'abstain', 'answer', 'return', 'reject'])

/** What the task is for: it ends it, or gives it back. */
export const isDecision = (o: AllowedOperation) => decisions.has(o.operation)

/** What stands beside the main button; everything else is under 更多. */
const near = new Set(['transfer', 'addBefore', 'delegate', 'withdraw', 'recall', 'claim', 'unclaim', 'comment'])
export const isNear = (o: AllowedOperation) => near.has(o.operation)
