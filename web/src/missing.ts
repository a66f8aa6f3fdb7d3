import type { Router } from 'vue-router'
import { i18n } from './i18n'
import { useNotices } from './stores/notices'

/** Whether the platform answers. */
const answers = () => fetch('/healthz', { cache: 'no-store' }).then((r) => r.ok, () => false)

/**
 * Pages and parts of them are fetched when they are first opened. One that does not come is told, with a way on: without a network
 * one may try again; where the platform answers, it has been replaced by a newer release, and a reload brings that. A browser may
 * remember that a module was not there, so both load the whole page anew. What was typed is kept as a draft.
 */
export function tellWhatIsMissing(router: Router, go = (address: string) => location.assign(address)) {
  let wanted: string | undefined // the address that was asked for, while the platform is asked whether it is there

  async function missing(address: string) {
    const asking = wanted !== undefined
    wanted = address
    if (asking) return
    const there = await answers()
    const to = wanted
    wanted = undefined
    tell(there, to)
  }

  function tell(there: boolean, to: string) {
    const { t } = i18n.global
    const action = there ? { label: t('missing.reload'), run: () => go(to) } : { label: t('missing.retry'), run: () => void again(to) }
    useNotices().say({ text: t(there ? 'missing.replaced' : 'missing.offline'), detail: t('missing.kept'), action, stays: true })
  }

  async function again(address: string) {
    if (await answers()) go(address)
    else tell(false, address)
  }

  const part = () => void missing(router.currentRoute.value.fullPath)
  addEventListener('vite:preloadError', part)
  const off = router.onError((error, to) => {
    console.warn(error)
    void missing(to.fullPath)
  })
  return () => (removeEventListener('vite:preloadError', part), off())
}
