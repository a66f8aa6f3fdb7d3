import { ref } from 'vue'
import { attempts } from './client'

/** A sheet on its way: what carries it, and its key where it is sent in earnest. */
export type SheetForm = {
  params: { header: { 'Idempotency-Key'?: string } }
  body: never
  bodySerializer: (body: unknown) => FormData
}

/** A sheet that is looked at first, and sent with a reason then. `post` sends it and gives what the server says of it. */
export function useSheet<T>(post: (form: SheetForm) => Promise<T>) {
  const file = ref<File>()
  const preview = ref<T>()
  const error = ref<unknown>()
  const busy = ref(false)
  const keyOf = attempts()

  function send(dryRun: boolean, reason = ''): Promise<T> {
    const { value } = file
    const form = new FormData()
    form.set('file', value!)
    form.set('dryRun', String(dryRun))
    if (reason) form.set('reason', reason)
    return post({
      params: { header: dryRun ? {} : { 'Idempotency-Key': keyOf([value!.name, value!.size, value!.lastModified, reason]) } },
      body: form as never, // the generated type says what the fields are, FormData carries them
      bodySerializer: (body) => body as FormData,
    })
  }

  async function look(event: Event) {
    file.value = (event.target as HTMLInputElement).files?.[0]
    preview.value = error.value = undefined
    if (!file.value) return
    busy.value = true
    try {
      preview.value = await send(true)
    } catch (e) {
      error.value = e
    } finally {
      busy.value = false
    }
  }

  return { preview, error, busy, look, ask: (reason: string) => send(false, reason) }
}
