import type { LineInput } from '@/api/types'
import { readAmount } from './money'

/** What somebody pasted from a spreadsheet, and what could not be read. */
export interface Pasted {
  lines: LineInput[]
  /** 1-based row of the paste and what is wrong with it, as a message key. */
  problems: { row: number; key: string }[]
}

type Field = keyof LineInput

/** Column heads as applicants write them. Without a head row the order is that of the editor. */
const heads: Record<Field, RegExp> = {
  category: /类别|类型|category/i,
  name: /名称|内容|项目|name|item/i,
  spec: /规格|参数|型号|spec/i,
  qty: /数量|qty|quantity/i,
  unit: /^单位|^unit$/i,
  unitPrice: /单价|price/i,
  remark: /备注|说明|remark|note/i,
}
const order: Field[] = ['category', 'name', 'spec', 'qty', 'unit', 'unitPrice', 'remark']

/** Rows of tab-separated text as spreadsheets put on the clipboard: quoted cells may hold tabs, line breaks and doubled quotes. */
export function cells(text: string): string[][] {
  const rows: string[][] = [[]]
  const cell = /"((?:[^"]|"")*)"(?=\t|\r?\n|$)|([^\t\r\n]*)/y
  let at = 0
  while (at <= text.length) {
    cell.lastIndex = at
    const m = cell.exec(text)!
    rows.at(-1)!.push((m[1]?.replace(/""/g, '"') ?? m[2] ?? '').trim())
    at = cell.lastIndex
    if (at >= text.length) break
    if (text[at] === '\t') at++
    else {
      at += text.startsWith('\r\n', at) ? 2 : 1
      rows.push([])
    }
  }
  return rows.filter((row) => row.some((c) => c !== ''))
}

/** Budget lines from pasted cells. `categories` maps names and codes of categories to codes. */
export function parseLines(text: string, categories: Map<string, string>, fallback: string): Pasted {
  const rows = cells(text)
  const head = rows[0] && columns(rows[0])
  const fields: (Field | undefined)[] = head ?? order
  const out: Pasted = { lines: [], problems: [] }
  rows.slice(head ? 1 : 0).forEach((row, i) => {
    const at = (field: Field) => row[fields.indexOf(field)] ?? ''
    const number = i + (head ? 2 : 1)
    if (/^(合计|总计|total)/i.test(row.find((c) => c !== '') ?? '')) return
    const qty = at('qty').normalize('NFKC').replace(/,/g, '') || '1'
    const price = readAmount(at('unitPrice'))
    if (!at('name')) out.problems.push({ row: number, key: 'paste.noName' })
    else if (!/^\d{1,12}(\.\d{1,4})?$/.test(qty)) out.problems.push({ row: number, key: 'paste.badQty' })
    else if (price === undefined) out.problems.push({ row: number, key: 'paste.badPrice' })
    else
      out.lines.push({
        category: categories.get(at('category')) ?? fallback,
        name: at('name'),
        spec: at('spec'),
        unit: at('unit'),
        qty,
        unitPrice: price,
        remark: at('remark'),
      })
  })
  return out
}

/** The fields of a head row, or undefined when the row is no head. */
function columns(row: string[]): (Field | undefined)[] | undefined {
  const used = new Set<Field>()
  const found = row.map((cell) => {
    const field = (['unitPrice', 'qty', 'unit', 'spec', 'category', 'remark', 'name'] as Field[]).find((f) => !used.has(f) && heads[f].test(cell))
    if (field) used.add(field)
    return field
  })
  return used.has('name') && used.has('unitPrice') ? found : undefined
}
