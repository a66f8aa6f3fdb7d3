import { describe, expect, test } from 'vitest'
import { cents, divide, fromCents, lineAmount, percent, readAmount, wan, yuan } from '@/domain/money'

describe('cents', () => {
  test.each([
    ['2702600.00', 270260000n],
    ['0.1', 10n],
    ['7', 700n],
    ['-0.01', -1n],
    ['9999999999999999.99', 999999999999999999n],
  ])('%s', (text, want) => expect(cents(text)).toBe(want))

  test.each(['', 'x', '1.001', '1e3', '.5', '1,000.00', ' 1', '１'])('%j is none', (text) => expect(cents(text)).toBeUndefined())

  test('comes back as it was', () => {
    for (const text of ['0.00', '0.05', '-12.30', '57117600.00']) expect(fromCents(cents(text)!)).toBe(text)
  })
})

describe('readAmount takes what people type and paste', () => {
  test.each([
    ['1,234.5', '1234.50'],
    ['￥１２００', '1200.00'],
    ['36万', '360000.00'],
    ['36.0001 万', '360001.00'],
    [' 5 000 元', '5000.00'],
    ['1.50', '1.50'],
    ['1.500', '1.50'],
  ])('%s', (text, want) => expect(readAmount(text)).toBe(want))

  test.each(['', '-5', '1.005', '1.2.3', 'abc', '0.0000001万'])('%j is none', (text) => expect(readAmount(text)).toBeUndefined())
})

test('amounts are shown in 万元 and 元', () => {
  expect(wan(cents('57117600.00')!)).toBe('5,711.76')
  expect(wan(cents('0.00')!)).toBe('0.00')
  expect(wan(cents('49.99')!)).toBe('0.00')
  expect(wan(cents('50.00')!)).toBe('0.01')
  expect(wan(cents('-140000.00')!)).toBe('-14.00')
  expect(yuan(cents('57117600.00')!)).toBe('57,117,600.00')
  expect(yuan(cents('999.50')!)).toBe('999.50')
})

test('halves are rounded away from zero', () => {
  expect([divide(5n, 10n), divide(4n, 10n), divide(-5n, 10n), divide(15n, 10n)]).toEqual([1n, 0n, -1n, 2n])
})

test('a line is quantity times price, exactly', () => {
  expect(lineAmount('66', '20000.00')).toBe(132000000n)
  expect(lineAmount('0.3333', '0.10')).toBe(3n)
  expect(lineAmount('1.5', '0.03')).toBe(5n)
  expect(lineAmount('1.00001', '1')).toBeUndefined()
  expect(lineAmount('3', 'x')).toBeUndefined()
})

test('the trim rate of the seed', () => {
  expect(percent(cents('22177300.00')!, cents('57117600.00')!)).toBe('38.83')
  expect(percent(0n, 0n)).toBe('0.00')
})
