import { expect, test } from 'vitest'
import { addDays, clock, day, daysBetween, halfYear, shortDay, weekday } from '@/domain/dates'
import { dueText } from '@/domain/due'

test.each([
  [{ light: 'red', workdaysLeft: -2 }, 'due.overdue', 2],
  [{ light: 'red', workdaysLeft: 0 }, 'due.overdueToday', 0],
  [{ light: 'amber', workdaysLeft: 0 }, 'due.today', 0],
  [{ light: 'amber', workdaysLeft: 1 }, 'due.left', 1],
  [{ light: 'green', workdaysLeft: 9 }, 'due.left', 9],
  [{ light: 'none' }, 'due.none', 0],
  [{ light: 'red', suspended: true }, 'due.suspended', 0],
] as const)('%j is said as %s', (due, key, n) => {
  expect(dueText(due)).toEqual({ key, named: { n }, count: n })
})

test('moments are of the county, whatever zone this browser is in', () => {
  expect(day('2022-06-29T16:30:00Z')).toBe('2022-06-30')
  expect(clock('2022-06-29T16:30:00Z')).toBe('00:30')
  expect(day('2022-06-30')).toBe('2022-06-30')
})

test('calendar arithmetic', () => {
  expect(weekday('2022-06-30')).toBe(4)
  expect(daysBetween('2022-02-27', '2022-03-01')).toBe(2)
  expect(addDays('2024-02-28', 2)).toBe('2024-03-01')
  expect(shortDay('2022-06-30', '2022-01-01')).toBe('06-30')
  expect(shortDay('2021-06-30', '2022-01-01')).toBe('2021-06-30')
  expect(halfYear('2022-06-30')).toEqual({ from: '2022-01-01', to: '2022-06-30' })
  expect(halfYear('2022-07-01')).toEqual({ from: '2022-07-01', to: '2022-12-31' })
})
