import type { LineInput } from '@/api/types'
import { cents, lineAmount, readAmount, yuan } from './money'

/** What somebody pasted from a spreadsheet. Rows are kept, cells as they are where they cannot be read; only what has neither name nor price, such as a heading, is not. */
export interface Pasted {
  lines: LineInput[]
  /** 1-based row of the paste and what is doubtful about it, as a message key with what it names. */
  problems: { row: number; key: string; text?: string; computed?: string }[]
}

/** Amounts are not taken, they follow from quantity and price; but they are compared. */
type Field = keyof LineInput | 'amount'

/** Column heads as applicants write them. Without a head row the order is that of the editor. */
const heads: Record<Field, RegExp> = {
  category: /类别|类型|category/i,
  name: /名称|内容|项目|name|item/i,
  spec: /规格|参数|型号|spec/i,
  qty: /数量|qty|quantity/i,
  unit: /^(计量|计价)?单位|^unit$/i,
  amount: /^(?!.*单价).*(金额|合价|总价|小计|合计)|amount|total/i,
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
  const inWan = (field: Field) => Boolean(head && /万元/.test(rows[0]![fields.indexOf(field)] ?? ''))
  const [priceInWan, amountInWan] = [inWan('unitPrice'), inWan('amount')]
  const out: Pasted = { lines: [], problems: [] }
  rows.slice(head ? 1 : 0).forEach((row, i) => {
    const at = (field: Field) => row[fields.indexOf(field)] ?? ''
    const doubt = (key: string, text?: string, computed?: string) => out.problems.push({ row: i + (head ? 2 : 1), key, ...(text ? { text } : {}), ...(computed ? { computed } : {}) })
    if (/^(合计|总计|total)/i.test(row.find((c) => c !== '') ?? '')) return
    if (!at('name') && !at('unitPrice')) return doubt('paste.skipped')
    const qty = at('qty').normalize('NFKC').replace(/,/g, '') || '1'
    const price = asAmount(at('unitPrice'), priceInWan)
    const category = at('category') ? categoryOf(at('category'), categories) : fallback
    if (!at('name')) doubt('paste.noName')
    if (category === undefined) doubt('paste.noCategory', at('category'))
    if (!/^\d{1,12}(\.\d{1,4})?$/.test(qty)) doubt('paste.badQty', at('qty'))
    if (price === undefined) doubt(at('unitPrice') ? 'paste.badPrice' : 'paste.noPrice', at('unitPrice'))
    const amount = lineAmount(qty, price ?? '')
    if (amount !== undefined && !agrees(at('amount'), amountInWan, amount)) doubt('paste.otherAmount', at('amount'), yuan(amount))
    out.lines.push({ category: category ?? fallback, name: at('name'), spec: at('spec'), unit: at('unit'), qty, unitPrice: price ?? at('unitPrice'), remark: at('remark') })
  })
  return out
}

/** An amount of a column whose head says 万元, unless the cell has a unit of its own. */
const asAmount = (text: string, inWan: boolean) => readAmount(inWan && text && !/[万元]/.test(text) ? `${text}万` : text)

/** The category of that name or code, or the only one whose name is part of it (硬件设备) or has it as a part. */
function categoryOf(text: string, categories: Map<string, string>): string | undefined {
  const exact = categories.get(text)
  if (exact !== undefined) return exact
  const near = new Set([...categories].filter(([name]) => name && (text.includes(name) || name.includes(text))).map(([, code]) => code))
  return near.size === 1 ? [...near][0] : undefined
}

/** Whether an amount of the sheet is the computed one, as far as its decimals tell. Cells that are no amount say nothing. */
function agrees(text: string, inWan: boolean, computed: bigint): boolean {
  const said = cents(asAmount(text, inWan))
  if (said === undefined) return true
  const wan = (inWan && !/元/.test(text)) || /万/.test(text)
  const decimals = /\.(\d+)/.exec(text.normalize('NFKC'))?.[1]?.length ?? 0
  const off = (said > computed ? said - computed : computed - said) * 2n * 10n ** BigInt(decimals)
  return off <= (wan ? 1_000_000n : 100n)
}

/** The fields of a head row, or undefined when the row is no head. */
function columns(row: string[]): (Field | undefined)[] | undefined {
  const used = new Set<Field>()
  const found = row.map((cell) => {
    const field = (['amount', 'unitPrice', 'qty', 'unit', 'spec', 'category', 'remark', 'name'] as Field[]).find((f) => !used.has(f) && heads[f].test(cell))
    if (field) used.add(field)
    return field
  })
  return used.has('name') && used.has('unitPrice') ? found : undefined
}
