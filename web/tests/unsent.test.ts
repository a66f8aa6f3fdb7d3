import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test } from 'vitest'
import { useSession } from '@/stores/session'
import { useUnsent } from '@/stores/unsent'

const as = (id: string) => ((useSession().me as unknown) = { person: { id } })

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
  as('zhou-min')
})

test('what has not reached the server is there again, for who has typed it and for that process', () => {
  useUnsent(() => 'seal').keep({ draft: '7', data: { subject: '写在过期之后' } })
  expect(useUnsent(() => 'seal').read()).toEqual({ draft: '7', data: { subject: '写在过期之后' } })
  expect(useUnsent(() => 'seal').read('7')?.data.subject).toBe('写在过期之后')
  expect(useUnsent(() => 'seal').read('8')).toBeUndefined() // another draft is opened
  expect(useUnsent(() => 'cloud').read()).toBeUndefined()
  as('li-xin')
  expect(useUnsent(() => 'seal').read()).toBeUndefined()
  as('zhou-min')
  useUnsent(() => 'seal').drop()
  expect(useUnsent(() => 'seal').read()).toBeUndefined()
})

test('what is broken counts as nothing', () => {
  localStorage.setItem('qc.begin.zhou-min.seal', '{')
  expect(useUnsent(() => 'seal').read()).toBeUndefined()
})
