import { useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, must } from '@/api/client'
import type { components } from '@/api/schema'
import { asProblem } from '@/api/problem'
import { useRefresh } from '@/api/queries'
import type { Notification } from '@/api/types'
import { i18n } from '@/i18n'
import { useNotices } from '@/stores/notices'

export type NoticeSettings = components['schemas']['NoticeSettings']
export type NoticeMode = components['schemas']['NoticeMode']

export const useNoticeSettings = () => useQuery({ queryKey: ['notice-settings'], queryFn: () => must(api.GET('/api/v1/notices/settings')) })

export type Part = 'act' | 'info'

/** What will leave with the next digests. */
export const useDigests = () => useQuery({ queryKey: ['notice-digests'], queryFn: () => must(api.GET('/api/v1/notices/digests')) })

/** What the person was told, unread first unless an order is chosen: all of it, or what asks him to do something, or what he need only know. */
export const useNotifications = (enabled?: Ref<boolean>, part?: Part, sort?: Ref<string | undefined>) =>
  useInfiniteQuery({
    queryKey: computed(() => ['notifications', part ?? 'all', sort?.value ?? '']),
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/notifications', { params: { query: { part, sort: sort?.value, cursor: pageParam || undefined, limit: 30 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    enabled,
  })

/** Marks as read what was told up to a notification, and offers to take that back. */
export function useReading() {
  const { t } = i18n.global
  const line = useNotices()
  const refresh = useRefresh()
  return async (through: string) => {
    const { readAt } = await must(api.POST('/api/v1/notifications/read', { body: { through } }))
    await refresh('notifications', 'me')
    const undo = async () => {
      try {
        await must(api.POST('/api/v1/notifications/unread', { body: { through, readAt: readAt! } }))
        line.say({ text: t('notices.unreadAgain') })
      } catch (error) {
        line.say({ text: asProblem(error).problem.title || t('problem.offline') })
      }
      await refresh('notifications', 'me')
    }
    line.say({ text: t('notices.readNow'), action: { label: t('notices.undo'), run: () => void undo() } })
  }
}

/** Where the page of a notification's subject is. */
export function subjectPage(n: Notification, governs: boolean) {
  const key = n.subject.key
  switch (n.subject.kind) {
    case 'task':
      return { name: 'task', params: { key } }
    case 'project':
      return { name: 'project', params: { code: key } }
    case 'rectification':
      return { name: 'rectification', params: { no: key } }
    case 'case':
      return { name: governs ? 'case' : 'matter', params: { key } }
    case 'person':
      return { name: 'account' }
    case 'deputyship':
      return { name: 'absence' }
    case 'plan':
      return { name: 'plan', query: { year: key } }
    case 'handover':
      return { name: 'handover', query: { person: key } }
    case 'running':
      return { name: 'running', params: { id: key } }
    case 'privacy':
      return { name: 'privacy' }
    case 'second':
      return { name: 'seconds' }
    case 'channel':
      return { name: 'notices' }
    default:
      return { name: 'operations' }
  }
}
