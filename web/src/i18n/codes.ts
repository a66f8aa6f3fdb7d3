import { useI18n } from 'vue-i18n'
import { useReference } from '@/api/queries'
import type { Code } from '@/api/types'

/** Names of codes in the chosen language, from the server's lists. */
export function useCodes() {
  const { t, te, locale } = useI18n()
  const reference = useReference()

  const name = (c: Code) => (locale.value === 'en' && c.nameEn) || c.name
  function of(list: 'projectTypes' | 'lineCategories' | 'cutReasons' | 'documentKinds' | 'rootCauses' | 'stages' | 'eventTypes' | 'fundSources') {
    return (code: string | undefined) => {
      const found = reference.data.value?.[list].find((c) => c.code === code)
      return found ? name(found) : (code ?? '')
    }
  }
  const cutReasons = of('cutReasons')
  const eventTypes = of('eventTypes')

  return {
    reference: reference.data,
    name,
    projectType: of('projectTypes'),
    category: of('lineCategories'),
    cutReason: (code: string | undefined) => (code ? cutReasons(code) : t('sheet.noReason')),
    documentKind: of('documentKinds'),
    rootCause: of('rootCauses'),
    stage: of('stages'),
    eventType: (code: string) => (te(`outgoing.${code.replace('.', '_')}`) ? t(`outgoing.${code.replace('.', '_')}`) : eventTypes(code)),
    fundSource: of('fundSources'),
    dept: (id: string | undefined) => {
      const d = reference.data.value?.departments.find((x) => x.id === id)
      return d ? d.short || d.name : (id ?? '')
    },
    /** built, or when it is promised for */
    capabilityState: (c: { status: string; committedDate?: string }) => [te(`capability.${c.status}`) ? t(`capability.${c.status}`) : c.status, c.committedDate].filter(Boolean).join(' '),
    /** 数据中台 CAP-DATA; anything that is no capability as it is */
    basis: (ref: string | undefined) => {
      const found = reference.data.value?.capabilities.find((c) => c.code === ref)
      return found ? `${found.name} ${found.code}` : (ref ?? '')
    },
    operation: (op: string) => (te(`operation.${op}`) ? t(`operation.${op}`) : op),
  }
}
