import type { Plugin } from 'postcss'

const text = new Set(['font-size', 'line-height', 'font'])
const scale = (value: string) => value.replace(/(?<![\w.(-])(\d+(?:\.\d+)?)px/g, (_, n: string) => `calc(${n}px * var(--text))`)

/**
 * Sizes of text in px grow with --text (关怀模式, see tokens.css), so that large text holds on every page. The words of
 * drawings keep theirs: their room is drawn with them.
 */
export const scaleText = (): Plugin => ({
  postcssPlugin: 'scale-text',
  Declaration(decl) {
    if (!text.has(decl.prop) || !decl.value.includes('px') || decl.value.includes('--text')) return
    const rule = decl.parent
    if (rule?.type === 'rule' && (rule.nodes?.some((d) => d.type === 'decl' && d.prop === 'fill') || ('selector' in rule && /\.bp\b/.test(String(rule.selector))))) return
    decl.value = scale(decl.value)
  },
})
