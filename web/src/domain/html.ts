/** The HTML that a form may show: what people read, and nothing that runs, is fetched or looks like another page. */
const allowed = new Set(['P', 'BR', 'HR', 'B', 'STRONG', 'I', 'EM', 'U', 'S', 'SMALL', 'SUB', 'SUP', 'MARK', 'CODE', 'PRE', 'BLOCKQUOTE', 'UL', 'OL', 'LI', 'DL', 'DT', 'DD', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'TABLE', 'CAPTION', 'THEAD', 'TBODY', 'TFOOT', 'TR', 'TH', 'TD', 'DIV', 'SPAN', 'A', 'IMG'])
/** What of them goes with all that is in it; of any other unknown one the words stay. */
const gone = new Set(['SCRIPT', 'STYLE', 'IFRAME', 'OBJECT', 'EMBED', 'TEMPLATE', 'SVG', 'MATH', 'FORM', 'INPUT', 'TEXTAREA', 'SELECT', 'BUTTON', 'LINK', 'META', 'BASE', 'NOSCRIPT', 'TITLE', 'HEAD'])
const attributes: Record<string, string[]> = { A: ['href', 'title'], IMG: ['src', 'alt', 'width', 'height'], TD: ['colspan', 'rowspan'], TH: ['colspan', 'rowspan', 'scope'], OL: ['start'] }

/** A link leads out by http, to a mailbox, or within the house. */
export const safeLink = (to: string) => /^(https?:\/\/|mailto:|\/(?!\/)|#)/i.test(to.trim())
/** An image comes from the house, or with the form itself. */
export const safeImage = (from: string) => /^(\/(?!\/)|data:image\/(png|jpeg|gif|webp);)/i.test(from.trim())

/** Elements of a form's HTML, rebuilt from what is allowed. */
export function cleanHtml(source: string, into: Document = document): DocumentFragment {
  const out = into.createDocumentFragment()
  copy(new DOMParser().parseFromString(source, 'text/html').body, out, into)
  return out
}

function copy(from: Node, to: Node, into: Document) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.appendChild(into.createTextNode(node.textContent ?? ''))
    if (!(node instanceof Element)) continue
    const name = node.tagName.toUpperCase()
    if (gone.has(name)) continue
    const image = name === 'IMG' && !safeImage(node.getAttribute('src') ?? '')
    if (image) to.appendChild(into.createTextNode(node.getAttribute('alt') ?? ''))
    else if (!allowed.has(name)) copy(node, to, into)
    else to.appendChild(element(node, name, into))
  }
}

function element(node: Element, name: string, into: Document): Element {
  const made = into.createElement(name)
  for (const attribute of attributes[name] ?? []) {
    const value = node.getAttribute(attribute)
    if (value !== null && (attribute !== 'href' || safeLink(value))) made.setAttribute(attribute, value)
  }
  if (name === 'A') {
    made.setAttribute('rel', 'noopener noreferrer')
    made.setAttribute('target', '_blank')
  }
  copy(node, made, into)
  return made
}
