import postcss from 'postcss'
import { expect, test } from 'vitest'
import { scaleText } from '../scripts/scale'

const cases: [name: string, css: string, want: string][] = [
  ['a size', 'a{font-size:14px}', 'a{font-size:calc(14px * var(--text))}'],
  ['a shorthand', 'a{font:16px/1.9 var(--font-doc)}', 'a{font:calc(16px * var(--text))/1.9 var(--font-doc)}'],
  ['a token grows by itself', 'a{font-size:var(--fs-14)}', 'a{font-size:var(--fs-14)}'],
  ['other lengths stay', 'a{padding:4px;font-size:9.5pt}', 'a{padding:4px;font-size:9.5pt}'],
  ['words of a drawing stay', '.m{font-size:14px;fill:red}', '.m{font-size:14px;fill:red}'],
  ['once only', 'a{font-size:calc(14px * var(--text))}', 'a{font-size:calc(14px * var(--text))}'],
]
test.each(cases)('%s', (_, css, want) => {
  expect(postcss([scaleText()]).process(css, { from: undefined }).css).toBe(want)
})
