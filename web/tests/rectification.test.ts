import { expect, test } from 'vitest'
import { dueOf } from '@/domain/rectification'
import type { Rectification } from '@/api/types'

test('a finding is due by its plan, else by what is to be done now', () => {
  const task = { name: '分派整改', holders: [], mine: true, due: { light: 'amber' as const, at: '2022-06-30T23:59:59+08:00' } }
  const finding = (more: Partial<Rectification>) => ({ no: 'ZG-1', openTasks: [task], ...more }) as Rectification
  expect(dueOf(finding({})).light).toBe('amber')
  expect(dueOf(finding({ due: { light: 'none' } })).light).toBe('amber')
  expect(dueOf(finding({ due: { light: 'red', at: '2022-06-01T23:59:59+08:00' } })).light).toBe('red')
  expect(dueOf(finding({ openTasks: [] })).light).toBe('none')
})
