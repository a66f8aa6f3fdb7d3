import { type Data, feel } from './form'

/**
 * The templates of form-js: {{ FEEL }}, {{#if FEEL}} … {{/if}}, {{#loop FEEL}} … {{this}} … {{/loop}}; a text that begins
 * with "=" is FEEL as a whole. What is not there becomes a dash.
 */
export function expand(text: string, scope: Data, show: (value: unknown, said: string) => string): string {
  const write = (value: unknown, said: string) => (value === undefined || value === null ? '—' : show(value, said))
  if (text.startsWith('=')) return write(feel(text, scope), text.slice(1).trim())
  return run(parse(text), scope, write)
}

/** Whether a text has to be expanded at all. */
export const isTemplate = (text: string) => text.startsWith('=') || text.includes('{{')

type Part = string | { say: string } | { block: 'if' | 'loop'; of: string; parts: Part[] }

function parse(text: string): Part[] {
  const levels: { parts: Part[]; block?: string }[] = [{ parts: [] }]
  for (const piece of text.split(/(\{\{.*?\}\})/s)) {
    const said = /^\{\{(.*?)\}\}$/s.exec(piece)?.[1]?.trim()
    const opened = said && /^#(if|loop)\s+(.+)$/s.exec(said)
    const here = levels.at(-1)!.parts
    if (said === undefined) here.push(piece)
    else if (opened) {
      const part = { block: opened[1] as 'if' | 'loop', of: opened[2]!, parts: [] as Part[] }
      here.push(part)
      levels.push({ parts: part.parts, block: part.block })
    } else if (said.startsWith('/')) {
      if (levels.at(-1)!.block === said.slice(1)) levels.pop() // one that closes nothing is left out
    } else here.push({ say: said })
  }
  return levels[0]!.parts
}

function run(parts: Part[], scope: Data, write: (value: unknown, said: string) => string): string {
  return parts
    .map((p) => {
      if (typeof p === 'string') return p
      if ('say' in p) return write(value(p.say, scope), p.say)
      const of = value(p.of, scope)
      if (p.block === 'if') return of === true ? run(p.parts, scope, write) : ''
      return Array.isArray(of) ? of.map((item: unknown) => run(p.parts, { ...scope, ...(isObject(item) ? item : {}), parent: scope, this: item }, write)).join('') : ''
    })
    .join('')
}

const isObject = (v: unknown): v is Data => typeof v === 'object' && v !== null && !Array.isArray(v)

/** A path is read as it stands, so that names need no FEEL; everything else is FEEL. */
function value(said: string, scope: Data): unknown {
  if (/^[\w.]+$/.test(said)) return said.split('.').reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), scope)
  return feel(said, scope)
}
