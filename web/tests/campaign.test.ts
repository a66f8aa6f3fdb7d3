import { expect, test } from 'vitest'
import { concerned, laggardsFirst, type UnitRow } from '@/domain/campaign'

const unit = (name: string, more: Partial<UnitRow>): UnitRow => ({ name, planned: 10, walked: 5, late: 0, complete: false, behind: false, tooManySubst: false, nothingFound: false, workdaysBehind: 0, ...more })
const units = [
  unit('done', { complete: true, walked: 10, nothingFound: true }),
  unit('in time', { walked: 9, late: 1 }),
  unit('late', { behind: true, workdaysBehind: 4 }),
  unit('later', { behind: true, workdaysBehind: 18, tooManySubst: true }),
  unit('much left', { walked: 2 }),
]

test('laggards come first, complete units last', () => {
  expect(laggardsFirst(units).map((u) => u.name)).toEqual(['later', 'late', 'much left', 'in time', 'done'])
})

test('each concern finds its units', () => {
  const names = (c?: 'behind' | 'late' | 'substitute' | 'nothing') => concerned(units, c).map((u) => u.name)
  expect([names('behind'), names('late'), names('substitute'), names('nothing'), names().length]).toEqual([['late', 'later'], ['in time'], ['later'], ['done'], 5])
})
