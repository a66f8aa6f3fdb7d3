/** Paper cannot be unfolded: what can be opened is open while the page is printed. */
export function unfoldForPrint(root: Window) {
  let opened: HTMLDetailsElement[] = []
  root.addEventListener('beforeprint', () => {
    opened = [...root.document.querySelectorAll<HTMLDetailsElement>('main details:not([open])')]
    opened.forEach((x) => (x.open = true))
  })
  root.addEventListener('afterprint', () => opened.forEach((x) => (x.open = false)))
}
