/** Amounts are shown in 万元; whoever copies them gets the exact 元 (data-exact). */
export function copyExactAmounts(root: Document) {
  root.addEventListener('copy', (event) => {
    const selection = root.getSelection()
    if (!selection || selection.isCollapsed || !event.clipboardData) return
    const range = selection.getRangeAt(0)
    const around = range.commonAncestorContainer
    const holder = (around instanceof Element ? around : around.parentElement)?.closest<HTMLElement>('[data-exact]')
    const copied = range.cloneContents()
    const amounts = copied.querySelectorAll<HTMLElement>('[data-exact]')
    if (!holder && amounts.length === 0) return
    amounts.forEach((amount) => (amount.textContent = amount.dataset.exact!))
    event.clipboardData.setData('text/plain', holder?.dataset.exact ?? plainText(copied))
    event.preventDefault()
  })
}

/** The text of copied nodes with cells separated by tabs and rows by line breaks, as spreadsheets want it. */
function plainText(nodes: DocumentFragment): string {
  nodes.querySelectorAll('td, th').forEach((cell) => cell.append('\t'))
  nodes.querySelectorAll('tr, p, li, div').forEach((row) => row.append('\n'))
  return (nodes.textContent ?? '').replace(/\t\n/g, '\n').replace(/\n{2,}/g, '\n').trim()
}
