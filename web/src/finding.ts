import { inject, type InjectionKey, provide, ref, type Ref } from 'vue'

const key: InjectionKey<Ref<string | undefined>> = Symbol('finding')

/** Says which finding (整改) the page is about: files that belong to no project are kept with it. */
export const provideFinding = (no: Ref<string | undefined>) => provide(key, no)

export const useFinding = () => inject(key, ref<string | undefined>())
