import type { Due, Rectification } from '@/api/types'

/** When a finding is due: by its plan, else by what is to be done about it now. What waits for the superior is late with nothing. */
export const dueOf = (r: Rectification): Due => (r.state === 'REFERRED_UP' ? undefined : r.due?.at ? r.due : r.openTasks?.find((x) => x.due?.at)?.due) ?? { light: 'none' }
