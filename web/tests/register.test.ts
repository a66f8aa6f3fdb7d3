import { expect, test } from 'vitest'
import { askedOf, bodyOf, columnsOf, drillOf, exportOf, type Field, inputsOf, partsOf, periods, shownValue } from '@/domain/register'

const fields: Field[] = [
  { key: 'window', type: 'select', label: '窗口', required: true, options: [{ value: 'tax', label: '税务' }] },
  { key: 'date', type: 'date', label: '日期', required: true },
  { key: 'handled', type: 'number', label: '办件' },
  { key: 'afterHours', type: 'boolean', label: '下班后' },
  { key: 'items', type: 'list', label: '办了什么' },
  { key: 'files', type: 'files', label: '附件' },
  { key: 'offDuty', type: 'boolean', label: '非工作时间', computed: true },
]

test('an entry that is edited without a change goes back as it was', () => {
  const was = { window: 'tax', date: '2022-06-26', handled: '2', afterHours: false, items: ['发票代开 1', '更正 1'], files: ['9'], offDuty: true }
  const body = bodyOf(fields, inputsOf(fields, was), was)
  expect({ ...body, offDuty: true }).toEqual(was)
  expect(body).not.toHaveProperty('offDuty') // computed, never sent
})

test('empty inputs are left out, lists are parted as people write them', () => {
  expect(bodyOf(fields, { ...inputsOf(fields), window: 'tax', items: ' 查询、 登记\n注销；' })).toEqual({ window: 'tax', items: ['查询', '登记', '注销'] })
})

test('values are shown in words', () => {
  const words = { yes: '是', no: '否', comma: '、' }
  expect([shownValue(fields[0]!, 'tax', words), shownValue(fields[3]!, false, words), shownValue(fields[4]!, ['甲', '乙'], words), shownValue(fields[2]!, undefined, words), shownValue(fields[2]!, 0, words)]).toEqual(['税务', '否', '甲、乙', '', '0'])
})

test('the address says what is asked for, and nothing else is asked', () => {
  expect(askedOf({ from: '2022-01-01', state: 'odd', 'f.window': 'tax', 'f.': '', entry: '7', total: 'duty_calls' })).toEqual({ from: '2022-01-01', to: undefined, owner: undefined, sort: undefined, total: 'duty_calls', state: undefined, filter: { window: 'tax' } })
  expect(askedOf({}).filter).toBeUndefined()
})

test('a total drills down to the rows that the server names, and an export takes what the list shows', () => {
  expect(drillOf('/api/v1/registers/duty/entries?filter%5Bwindow%5D=tax&from=2022-01-01&total=duty_calls&cursor=x')).toEqual({ 'f.window': 'tax', from: '2022-01-01', total: 'duty_calls' })
  expect(exportOf('/x', { from: '2022-01-01', total: 'duty_calls', filter: { window: '税 务' } })).toBe('/x?from=2022-01-01&filter%5Bwindow%5D=%E7%A8%8E+%E5%8A%A1')
  expect(exportOf('/x', {})).toBe('/x')
})

test.each([
  ['2022-06-26', ['2022-06-01', '2022-06-30'], ['2022-04-01', '2022-06-30'], ['2022-01-01', '2022-06-30']],
  ['2022-12-01', ['2022-12-01', '2022-12-31'], ['2022-10-01', '2022-12-31'], ['2022-07-01', '2022-12-31']],
  ['2024-02-10', ['2024-02-01', '2024-02-29'], ['2024-01-01', '2024-03-31'], ['2024-01-01', '2024-06-30']],
])('periods of %s', (today, ...spans) => {
  expect(periods(today).map((p) => [p.from, p.to])).toEqual(spans)
})

test('a list shows the named fields first, and no files', () => {
  expect(columnsOf(fields, ['date', 'window', 'gone'], 4).map((f) => f.key)).toEqual(['date', 'window', 'handled', 'afterHours'])
  expect(columnsOf(fields, []).map((f) => f.key)).not.toContain('files')
})

test('parted totals are a row for each group', () => {
  const [a, b, c] = [{ id: 'items', group: '税务' }, { id: 'items', group: '公安' }, { id: 'calls', group: '税务' }]
  expect(partsOf([a, b, c])).toEqual([{ group: '税务', totals: { items: a, calls: c } }, { group: '公安', totals: { items: b } }])
})
