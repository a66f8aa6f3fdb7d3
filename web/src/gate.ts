import { nextTick, onBeforeUnmount, onMounted, readonly, ref, watch } from 'vue'

const pressing = new Set(['Enter', ' ']) // keys that press buttons
const rest = 600 // ms that a page has been seen before anything is decided on it

/**
 * Keeps a deciding button inert until its page has been there: its content is rendered and painted, no button or
 * key is held down, a moment has passed, and the press begins after all that. Pressing too early starts the moment
 * again, so that a second click of the page before never decides on this one.
 *
 * @param shown whether the content to decide on is rendered
 */
export function useGate(shown: () => boolean) {
  const open = ref(false)
  /** somebody has pressed before it opened */
  const early = ref(false)
  let held = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let frame = 0
  let fresh = false // the press under way began while the gate was open

  function shut() {
    open.value = fresh = false
    clearTimeout(timer)
    cancelAnimationFrame(frame)
  }

  /** Begins again: what is decided on has changed, or was just decided. */
  async function again() {
    shut()
    await nextTick()
    if (!shown()) return
    // The second frame begins after the first one was painted; in a hidden window there is none.
    frame = requestAnimationFrame(() => (frame = requestAnimationFrame(wait)))
  }

  function wait() {
    clearTimeout(timer)
    timer = setTimeout(() => (held ? undefined : (open.value = true)), rest)
  }

  const down = (event: PointerEvent | KeyboardEvent) => {
    if (event instanceof KeyboardEvent && !pressing.has(event.key)) return
    held = true
    fresh = open.value && !(event instanceof KeyboardEvent && event.repeat)
    if (!open.value) clearTimeout(timer)
  }
  const up = () => {
    const was = held
    held = false
    if (was && !open.value && shown()) void again()
  }

  /** Whether this click may decide. A click that no press began (by assistive technology) needs the open gate only. */
  function passes(event?: Event): boolean {
    const pressed = event !== undefined && !(event instanceof MouseEvent && event.detail === 0)
    const ok = open.value && (!pressed || fresh)
    early.value = !ok
    fresh = false
    return ok
  }

  const presses = ['pointerdown', 'keydown'] as const
  const releases = ['pointerup', 'pointercancel', 'keyup', 'blur'] as const
  onMounted(() => {
    for (const name of presses) addEventListener(name, down, { capture: true, passive: true })
    for (const name of releases) addEventListener(name, up, { capture: name !== 'blur', passive: true })
    void again()
  })
  onBeforeUnmount(() => {
    shut()
    for (const name of presses) removeEventListener(name, down, { capture: true })
    for (const name of releases) removeEventListener(name, up, { capture: name !== 'blur' })
  })
  watch(shown, (is) => (is ? void again() : shut()))

  return { open: readonly(open), early: readonly(early), passes, again, shut }
}
