import { beforeAll, expect, test } from 'vitest'
import { type Component, filesShown, loadConditions, start } from '@/domain/form'
import { cleanHtml, safeImage, safeLink } from '@/domain/html'
import { expand } from '@/domain/template'

beforeAll(() => loadConditions({ id: 'all', components: [{ id: 'x', type: 'text', text: '{{ 1 }}' }] }))

test.each([
  ['a path', '合计 {{sum.total}} 元', '合计 5 元'],
  ['FEEL', '{{ upper case("a") }}，{{sum.total * 2}}', 'A，10'],
  ['FEEL as a whole', '= "共" + string(count(rows)) + "项"', '共2项'],
  ['a condition', '{{#if sum.total > 3}}大{{/if}}{{#if sum.total > 9}}很大{{/if}}', '大'],
  ['a loop', '{{#loop rows}}{{name}}×{{n}}；{{/loop}}', '甲×1；乙×2；'],
  ['a loop of words', '{{#loop tags}}[{{this}}]{{/loop}}', '[x][y]'],
  ['what is around a loop', '{{#loop tags}}{{parent.sum.total}}{{/loop}}', '55'],
  ['nested', '{{#loop rows}}{{#if n = 2}}{{name}}{{/if}}{{/loop}}', '乙'],
  ['what is not there', '{{none}}、{{none.at.all}}、{{#loop none}}x{{/loop}}', '—、—、'],
  ['what is broken', '{{/if}}{{ + }}', '—'],
])('a template with %s', (_, text, want) => {
  expect(expand(text, { sum: { total: 5 }, rows: [{ name: '甲', n: 1 }, { name: '乙', n: 2 }], tags: ['x', 'y'] }, String)).toBe(want)
})

const shown = (source: string) => {
  const div = document.createElement('div')
  div.append(cleanHtml(source))
  return div.innerHTML
}
test.each([
  ['words', '<h2>说明</h2><p>先 <b>看</b></p>', '<h2>说明</h2><p>先 <b>看</b></p>'],
  ['a script', '<p>a</p><script>alert(1)</script>', '<p>a</p>'],
  ['an act on a click', '<p onclick="alert(1)" style="position:fixed" class="x">a</p>', '<p>a</p>'],
  ['a link that runs', '<a href="javascript:alert(1)">a</a>', '<a rel="noopener noreferrer" target="_blank">a</a>'],
  ['a link', '<a href="https://www.gov.cn/">a</a>', '<a href="https://www.gov.cn/" rel="noopener noreferrer" target="_blank">a</a>'],
  ['an image from elsewhere', '<img src="https://x.example/a.png" alt="图" onerror="alert(1)">', '图'],
  ['an image of the house', '<img src="/api/v1/files/1?view=inline" alt="图">', '<img src="/api/v1/files/1?view=inline" alt="图">'],
  ['a form', '<form><input name="password"></form>b', 'b'],
  ['an element nobody knows', '<x-y>a<b>c</b></x-y>', 'a<b>c</b>'],
  ['an object', '<object data="/x.swf">c</object>d', 'd'],
])('HTML: %s', (_, source, want) => {
  expect(shown(source)).toBe(want)
})

test('addresses', () => {
  expect(['/a', 'https://x', 'mailto:a@b', '#a'].every(safeLink)).toBe(true)
  expect(['//x', 'javascript:1', ' JavaScript:1', 'data:text/html,x', 'vbscript:1'].some(safeLink)).toBe(false)
  expect(['//x/a.png', 'https://x/a.png', 'data:image/svg+xml;x', 'data:text/html;x'].some(safeImage)).toBe(false)
})

test('files that are shown, and rows to begin with', () => {
  const c = (dataSource: string): Component => ({ id: 'd', type: 'documentPreview', dataSource })
  expect(filesShown(c('=files'), { files: ['1', '2'] })).toEqual(['1', '2'])
  expect(filesShown(c('files'), { files: [{ documentId: 3 }] })).toEqual(['3'])
  expect(filesShown(c('=none'), {})).toEqual([])
  const list: Component = { id: 'l', type: 'dynamiclist', path: 'rows', defaultRepetitions: 2, allowAddRemove: false, components: [{ id: 'a', type: 'number', key: 'n', defaultValue: 1 }] }
  expect(start([list], {})).toEqual({ rows: [{ n: 1 }, { n: 1 }] })
  expect(start([{ ...list, allowAddRemove: true }], {})).toEqual({})
  expect(start([list], { rows: [] })).toEqual({ rows: [] })
})
