import { describe, expect, it } from 'vitest'
import { type SheetForm, useSheet } from '@/api/sheet'

const chosen = (...files: File[]) => ({ target: { files } }) as unknown as Event
const list = new File(['a'], '名单.xlsx')

/** What was sent: the fields of the form, and its key. */
const told = (form: SheetForm) => {
  const data = form.bodySerializer(form.body)
  return { name: (data.get('file') as File).name, dryRun: data.get('dryRun'), reason: data.get('reason'), key: form.params.header['Idempotency-Key'] }
}

describe('a sheet that is looked at before it is sent', () => {
  it('is looked at without a key or a reason, and sent with both; the same reason has the same key', async () => {
    const sent: ReturnType<typeof told>[] = []
    const { look, ask, preview, busy } = useSheet((form) => Promise.resolve(sent.push(told(form))))
    await look(chosen(list))
    expect(preview.value).toBe(1)
    expect(busy.value).toBe(false)
    expect(sent).toEqual([{ name: '名单.xlsx', dryRun: 'true', reason: null, key: undefined }])
    for (const reason of ['年度调整', '年度调整', '更正']) await ask(reason)
    expect(sent[1]).toMatchObject({ name: '名单.xlsx', dryRun: 'false', reason: '年度调整' })
    expect(sent[1]!.key).toBeTruthy()
    expect(sent[2]!.key).toBe(sent[1]!.key)
    expect(sent[3]!.key).not.toBe(sent[1]!.key)
  })

  it('says why it cannot be read, and nothing of the one before it', async () => {
    const why = new Error('not a sheet')
    let fine = true
    const { look, preview, error, busy } = useSheet(() => (fine ? Promise.resolve('fine') : Promise.reject(why)))
    await look(chosen(list))
    fine = false
    await look(chosen(list))
    expect(preview.value).toBeUndefined()
    expect(error.value).toBe(why)
    expect(busy.value).toBe(false)
    await look(chosen()) // taken back
    expect(error.value).toBeUndefined()
  })
})
