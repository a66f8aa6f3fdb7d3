import { expect, test } from 'vitest'
import { cells, parseLines } from '@/domain/paste'

const categories = new Map([['软件开发', 'SOFTWARE'], ['SOFTWARE', 'SOFTWARE'], ['硬件', 'HARDWARE']])

test('cells are split as spreadsheets write them', () => {
  expect(cells('a\tb\r\n"1\n2"\t"say ""hi"""\n')).toEqual([['a', 'b'], ['1\n2', 'say "hi"']])
  expect(cells('')).toEqual([])
  expect(cells('\t\n\t')).toEqual([])
  expect(cells('3" disk\tx')).toEqual([['3" disk', 'x']])
})

test('with a head row, columns are found by their names', () => {
  const read = parseLines('序号\t名称\t单价（元）\t数量\t单位\t类别\t规格型号\n1\t应用软件\t1,880,000.00\t1\t项\t软件开发\t功能点法\n2\t服务器\t5万\t4\t台\t硬件\t2 路\n合计\t\t2080000\n', categories, '')
  expect(read.problems).toEqual([])
  expect(read.lines).toEqual([
    { category: 'SOFTWARE', name: '应用软件', spec: '功能点法', unit: '项', qty: '1', unitPrice: '1880000.00', remark: '' },
    { category: 'HARDWARE', name: '服务器', spec: '2 路', unit: '台', qty: '4', unitPrice: '50000.00', remark: '' },
  ])
})

test('without a head row, columns are those of the editor', () => {
  expect(parseLines('软件开发\t平台\t\t2\t套\t100', categories, '').lines).toEqual([{ category: 'SOFTWARE', name: '平台', spec: '', unit: '套', qty: '2', unitPrice: '100.00', remark: '' }])
})

test('an unknown category is left to be chosen', () => {
  expect(parseLines('别的\t平台\t\t1\t套\t1', categories, '').lines[0]!.category).toBe('')
})

test('what cannot be read is told with its row, and the rest is read', () => {
  const read = parseLines('名称\t数量\t单价\n平台\t一\t5\n\t1\t5\n服务器\t1\t5.005\n存储\t1\t-3\n交换机\t\t7', categories, 'HARDWARE')
  expect(read.problems).toEqual([
    { row: 2, key: 'paste.badQty' },
    { row: 3, key: 'paste.noName' },
    { row: 4, key: 'paste.badPrice' },
    { row: 5, key: 'paste.badPrice' },
  ])
  expect(read.lines.map((l) => [l.name, l.qty, l.category])).toEqual([['交换机', '1', 'HARDWARE']])
})
