import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** A value that follows another once it has been still for a while. */
export function refDebounced<T>(source: Readonly<Ref<T>>, ms: number): Ref<T> {
  const out = ref(source.value) as Ref<T>
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(source, (value) => {
    clearTimeout(timer)
    timer = setTimeout(() => (out.value = value), ms)
  })
  onScopeDispose(() => clearTimeout(timer))
  return out
}
