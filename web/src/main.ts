import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { asProblem } from './api/problem'
import App from './App.vue'
import { copyExactAmounts } from './copy'
import { i18n, setLanguage } from './i18n'
import { tellWhatIsMissing } from './missing'
import { unfoldForPrint } from './print'
import { router } from './router'
import { usePreferences } from './stores/preferences'
import './styles/tokens.css'
import './styles/ui.css'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      networkMode: 'always', // navigator.onLine lies behind office proxies
      retry: (count, error) => asProblem(error).passing && count < 3,
    },
    mutations: { networkMode: 'always' },
  },
})

const app = createApp(App).use(createPinia()).use(i18n).use(router).use(VueQueryPlugin, { queryClient: queries })
copyExactAmounts(document)
unfoldForPrint(window)
tellWhatIsMissing(router)
void setLanguage(usePreferences().language).then(() => app.mount('#app'))
