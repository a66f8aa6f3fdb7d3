import { onScopeDispose, ref, type Ref } from 'vue'

/** Whether a media query holds, now and when it changes. */
export function useMedia(query: string): Ref<boolean> {
  const media = matchMedia(query)
  const holds = ref(media.matches)
  const changed = () => (holds.value = media.matches)
  media.addEventListener('change', changed)
  onScopeDispose(() => media.removeEventListener('change', changed))
  return holds
}
