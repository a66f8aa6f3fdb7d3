/** What a label says, without its marks and what stands in it to be filled. */
function said(node: Element): string {
  const copy = (node.querySelector('.lb') ?? node).cloneNode(true) as Element
  copy.querySelectorAll('[aria-hidden], .q, .qq, input, select, textarea, button').forEach((x) => x.remove())
  return copy.textContent?.trim() ?? ''
}

/**
 * The name of a field as the page shows it, with the rows that it stands in (`data-within`); '' when the page has none of this id.
 * A message such as “fill this in” is told apart from its likes by it.
 */
export function nameOf(id: string): string {
  const field = document.getElementById(id)
  if (!field) return ''
  const within: string[] = []
  for (let at = field.closest<HTMLElement>('[data-within]'); at; at = at.parentElement?.closest<HTMLElement>('[data-within]') ?? null) within.unshift(at.dataset.within!)
  const label = field instanceof HTMLButtonElement ? field.closest('fieldset')?.querySelector('legend') : ((field as HTMLInputElement).labels?.[0] ?? field.querySelector('legend'))
  const own = field.dataset.name || field.getAttribute('aria-label') || (label ? said(label) : '')
  return [...within, own].filter(Boolean).join(' · ')
}

/** Brings a field into sight and the focus into it. */
export function leadTo(id: string) {
  const field = document.getElementById(id)
  field?.closest('details:not([open])')?.setAttribute('open', '')
  field?.scrollIntoView({ block: 'center' })
  field?.focus()
}
