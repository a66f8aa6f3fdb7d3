/** The diagram's names in English: `qc:task nameEn` and `qc:name en` take the place of `name`. */
export function inEnglish(xml: string): string {
  const document = new DOMParser().parseFromString(xml, 'application/xml')
  for (const extensions of document.getElementsByTagNameNS('*', 'extensionElements')) {
    for (const child of extensions.children) {
      const english = child.localName === 'task' ? child.getAttribute('nameEn') : child.localName === 'name' ? child.getAttribute('en') : null
      if (english) extensions.parentElement?.setAttribute('name', english)
    }
  }
  // Labels were drawn for short Chinese names; without bounds of their own they take the room they need.
  for (const label of [...document.getElementsByTagNameNS('*', 'BPMNLabel')]) label.replaceChildren()
  return new XMLSerializer().serializeToString(document)
}
