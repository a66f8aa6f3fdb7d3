import { inject, type InjectionKey, provide, ref, type Ref } from 'vue'

const key: InjectionKey<Ref<string | undefined>> = Symbol('matter')

/** Says which matter outside projects the page is about: files are kept with it. An empty key: one that is about to begin. */
export const provideMatterKey = (matter: Ref<string | undefined>) => provide(key, matter)

export const useMatterKey = () => inject(key, ref<string | undefined>())
