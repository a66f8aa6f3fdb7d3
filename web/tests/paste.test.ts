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

test('what cannot be read is told with its row, and kept as it is (W6)', () => {
  const read = parseLines('名称\t数量\t单价\n平台\t一\t5\n\t1\t5\n服务器\t1\t面议\n存储\t1\t-3\n交换机\t\t7\n机柜\t2\t\n\t3\t', categories, 'HARDWARE')
  expect(read.problems).toEqual([
    { row: 2, key: 'paste.badQty', text: '一' },
    { row: 3, key: 'paste.noName' },
    { row: 4, key: 'paste.badPrice', text: '面议' },
    { row: 5, key: 'paste.badPrice', text: '-3' },
    { row: 7, key: 'paste.noPrice' },
    { row: 8, key: 'paste.skipped' },
  ])
  expect(read.lines.map((l) => [l.name, l.qty, l.unitPrice])).toEqual([['平台', '一', '5.00'], ['', '1', '5.00'], ['服务器', '1', '面议'], ['存储', '1', '-3'], ['交换机', '1', '7.00'], ['机柜', '2', '']])
})

test('heads as bureaus write them: 计量单位, 万元, and an amount column that is compared (W6)', () => {
  const read = parseLines('类别\t名称\t数量\t计量单位\t单价（万元）\t金额（万元）\n硬件设备\t服务器\t8\t台\t5\t40\n硬件\t存储\t3\t台\t1.1111\t3.33\n软件\t平台\t1\t项\t188\t180\n别的\t机柜\t1\t个\t8000元\t0.8', new Map([...categories, ['成品软件', 'PRODUCT']]), '')
  expect(read.lines.map((l) => [l.category, l.unit, l.unitPrice])).toEqual([['HARDWARE', '台', '50000.00'], ['HARDWARE', '台', '11111.00'], ['', '项', '1880000.00'], ['', '个', '8000.00']])
  expect(read.problems).toEqual([
    { row: 4, key: 'paste.noCategory', text: '软件' },
    { row: 4, key: 'paste.otherAmount', text: '180', computed: '1,880,000.00' },
    { row: 5, key: 'paste.noCategory', text: '别的' },
  ])
})
