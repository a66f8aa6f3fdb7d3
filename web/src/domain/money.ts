/** Money is exact: cents in a BigInt, never a float. On the wire it is a decimal string in 元. */

const decimal = /^(-?)(\d{1,16})(?:\.(\d{1,2}))?$/

/** Cents of a decimal string in 元, or undefined when it is no amount of money. */
export function cents(yuan: string | undefined | null): bigint | undefined {
  const m = decimal.exec(yuan ?? '')
  if (!m) return undefined
  const value = BigInt(m[2]!) * 100n + BigInt((m[3] ?? '').padEnd(2, '0'))
  return m[1] ? -value : value
}

/** The decimal string of an amount in cents, always with two decimals. */
export function fromCents(value: bigint): string {
  const abs = value < 0n ? -value : value
  return `${value < 0n ? '-' : ''}${abs / 100n}.${String(abs % 100n).padStart(2, '0')}`
}

/** An amount as somebody types or pastes it (1,234.5, ￥１２００, 36 万), as a decimal string; undefined when it is none. */
export function readAmount(text: string): string | undefined {
  const plain = text
    .normalize('NFKC')
    .replace(/[\s,，¥￥]/g, '')
    .replace(/元$/, '')
  const wan = plain.endsWith('万')
  const m = /^(\d{1,12})(?:\.(\d+))?$/.exec(wan ? plain.slice(0, -1) : plain)
  if (!m) return undefined
  const places = wan ? 6 : 2
  const fraction = (m[2] ?? '').replace(/0+$/, '')
  if (fraction.length > places) return undefined
  return fromCents(BigInt(m[1]! + fraction.padEnd(places, '0')))
}

/** Quantity (up to four decimals) times unit price, in cents, halves rounded up. */
export function lineAmount(qty: string, unitPrice: string): bigint | undefined {
  const q = /^(\d{1,12})(?:\.(\d{1,4}))?$/.exec(qty)
  const price = cents(unitPrice)
  if (!q || price === undefined) return undefined
  const tenThousandths = BigInt(q[1]! + (q[2] ?? '').padEnd(4, '0'))
  return divide(tenThousandths * price, 10_000n)
}

/** Division that rounds halves away from zero. */
export function divide(n: bigint, by: bigint): bigint {
  const negative = n < 0n
  const abs = negative ? -n : n
  const rounded = (abs * 2n + by) / (by * 2n)
  return negative ? -rounded : rounded
}

/** part ÷ whole in percent with two decimals; 0.00 of nothing. */
export function percent(part: bigint, whole: bigint): string {
  return whole === 0n ? '0.00' : fromCents(divide(part * 10_000n, whole))
}

function grouped(value: bigint): string {
  const [int, fraction] = fromCents(value).split('.')
  return `${int!.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction}`
}

/** 57117600.00 → 57,117,600.00 */
export function yuan(value: bigint): string {
  return grouped(value)
}

/** 57117600.00 → 5,711.76: ten thousands of 元, rounded to two decimals. */
export function wan(value: bigint): string {
  return grouped(divide(value, 10_000n))
}
