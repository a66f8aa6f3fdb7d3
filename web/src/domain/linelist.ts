import type { Line } from '@/api/types'
import { type Component, type Data, isLineList, read, steps, write } from './form'
import type { Edit } from './sheet'

/** What a list of budget lines asks for each line: its components by role. */
export interface Asks {
  amount?: Component
  reason?: Component
  second?: Component
  capability?: Component
  outcome?: Component
  text?: Component
  files?: Component
}

export function asks(list: Component): Asks {
  const by = (...keys: string[]) => list.components?.find((c) => keys.includes(c.key ?? ''))
  return {
    amount: by('reviewed', 'amount'),
    reason: by('reason'),
    second: by('secondReason'),
    capability: by('capabilityId'),
    outcome: by('outcome'),
    text: by('basis', 'text', 'comment'),
    files: by('documents'),
  }
}

/** Forms whose lists take all lines; the others take what is touched. */
const whole = new Set(['trimming_sheet'])

/** Puts the rows that have to be answered into the answers: all lines of a whole sheet, the lines objected to of an answer. */
export function prepareRows(formId: string, components: Component[], data: Data, lines: Line[]) {
  for (const list of components.filter(isLineList)) {
    if ((read(data, steps(list)) as Data[] | undefined)?.length) continue
    const { amount, outcome, second } = asks(list)
    const due = whole.has(formId) ? lines : outcome ? lines.filter((l) => l.objection && !l.objection.outcome) : []
    if (due.length === 0) continue
    write(
      data,
      steps(list),
      due.map((line) => ({
        lineNo: line.no,
        ...(amount ? { [amount.key!]: line.reviewed ?? line.declared } : {}),
        ...(line.reason ? { reason: line.reason } : {}),
        ...(second && line.secondReason ? { [second.key!]: line.secondReason } : {}),
        ...(!outcome && line.reasonRef ? { basis: line.reasonRef } : {}),
      })),
    )
  }
}

/** The answers of a list by line number. */
export function rowsByLine(list: Component, data: Data): Map<number, Data> {
  const rows = (read(data, steps(list)) as Data[] | undefined) ?? []
  return new Map(rows.map((row) => [Number(row.lineNo), row]))
}

/** Sets one answer for one line; a row without any answer goes away. */
export function setAnswer(list: Component, data: Data, lineNo: number, key: string, value: unknown) {
  const rows = [...((read(data, steps(list)) as Data[] | undefined) ?? [])]
  const at = rows.findIndex((row) => Number(row.lineNo) === lineNo)
  const row: Data = { ...(rows[at] ?? { lineNo }), [key]: value }
  if (value === undefined || value === '') delete row[key]
  if (at < 0) rows.push(row)
  else rows[at] = row
  const left = rows.filter((r) => Object.keys(r).length > 1).sort((a, b) => Number(a.lineNo) - Number(b.lineNo))
  write(data, steps(list), left.length ? left : undefined)
}

/** The answers as edits of the sheet, for its sums. */
export function edits(list: Component | undefined, data: Data): Map<number, Edit> {
  if (!list) return new Map()
  const { amount, reason } = asks(list)
  return new Map(
    [...rowsByLine(list, data)].map(([no, row]) => [
      no,
      { reviewed: amount ? (row[amount.key!] as string | undefined) : undefined, reason: reason ? ((row[reason.key!] as string | undefined) ?? '') : undefined },
    ]),
  )
}
