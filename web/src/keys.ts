import { onBeforeUnmount, onMounted } from 'vue'

/** Single-key shortcuts while nothing is being typed and no dialog is open. */
export function useKeys(keys: Record<string, (event: KeyboardEvent) => void>) {
  function pressed(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const target = event.target as HTMLElement
    if (target.closest('input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable], dialog[open]')) return
    if (event.key === 'Enter' && target.closest('a, button')) return
    const run = keys[event.key]
    if (!run) return
    event.preventDefault()
    run(event)
  }
  onMounted(() => document.addEventListener('keydown', pressed))
  onBeforeUnmount(() => document.removeEventListener('keydown', pressed))
}
