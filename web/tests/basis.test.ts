import { expect, test } from 'vitest'
import { readBasis } from '@/domain/basis'

test.each([
  ['关于加强数字政府建设的意见 国发〔2022〕14号', '关于加强数字政府建设的意见', '国发〔2022〕14号'],
  ['  实施方案（2021年版）  县府办[2021]7号 ', '实施方案（2021年版）', '县府办[2021]7号'],
  ['Plan of 2021', 'Plan of 2021', ''],
  ['国发〔2022〕14号', '国发〔2022〕14号', ''],
])('%s', (line, title, docNo) => expect(readBasis(line)).toEqual({ title, docNo }))
