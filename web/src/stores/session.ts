import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, must, signedOut } from '@/api/client'
import { ProblemError } from '@/api/problem'
import type { Me } from '@/api/types'
import { day } from '@/domain/dates'

/** Who is signed in. */
export const useSession = defineStore('session', () => {
  const me = ref<Me>()
  const post = computed(() => me.value?.person.posts.find((p) => p.primary) ?? me.value?.person.posts[0])
  /** The server's day: demo servers may live in another year than this browser. */
  const today = computed(() => day(me.value?.now ?? new Date()))

  /** Asks who I am; undefined when nobody is signed in. */
  async function load(): Promise<Me | undefined> {
    try {
      me.value = await must(api.GET('/api/v1/me'))
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.status !== 401) throw error
      me.value = undefined
    }
    signedOut.value = false
    return me.value
  }

  async function signIn(person: string, password?: string) {
    const session = await must(api.POST('/api/v1/session', { body: { person, password } }))
    me.value = session.me
    signedOut.value = false
  }

  async function signOut() {
    await must(api.DELETE('/api/v1/session'))
    me.value = undefined
  }

  const may = (permission: string) => me.value?.permissions.includes(permission) ?? false

  return { me, post, today, load, signIn, signOut, may }
})
