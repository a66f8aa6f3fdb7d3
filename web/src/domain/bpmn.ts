const widening = 48 // units of the diagram

/**
 * The BPMN file as we draw it: names in the chosen language (`qc:task nameEn` and `qc:name en` take the place of `name`),
 * and labels with room for our type size. English labels lose their bounds: those were drawn for short Chinese words.
 */
export function readable(xml: string, english: boolean): string {
  const document = new DOMParser().parseFromString(xml, 'application/xml')
  if (english) translate(document)
  for (const label of document.getElementsByTagNameNS('*', 'BPMNLabel')) {
    if (english) label.replaceChildren()
    for (const bounds of label.children) {
      bounds.setAttribute('x', String(Number(bounds.getAttribute('x')) - widening / 2))
      bounds.setAttribute('width', String(Number(bounds.getAttribute('width')) + widening))
    }
  }
  return new XMLSerializer().serializeToString(document)
}

function translate(document: XMLDocument) {
  for (const extensions of document.getElementsByTagNameNS('*', 'extensionElements')) {
    for (const child of extensions.children) {
      const english = child.localName === 'task' ? child.getAttribute('nameEn') : child.localName === 'name' ? child.getAttribute('en') : null
      if (english) extensions.parentElement?.setAttribute('name', english)
    }
  }
}
