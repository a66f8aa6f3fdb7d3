import { useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'
import { api, must } from '@/api/client'
import type { components } from '@/api/schema'
import type { Notification } from '@/api/types'

export type NoticeSettings = components['schemas']['NoticeSettings']
export type NoticeMode = components['schemas']['NoticeMode']

export const useNoticeSettings = () => useQuery({ queryKey: ['notice-settings'], queryFn: () => must(api.GET('/api/v1/notices/settings')) })

/** What the person was told, unread first. */
export const useNotifications = (enabled?: Ref<boolean>) =>
  useInfiniteQuery({
    queryKey: ['notifications'],
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/notifications', { params: { query: { cursor: pageParam || undefined, limit: 30 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    enabled,
  })

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
    case 'channel':
      return { name: 'notices' }
    default:
      return { name: 'operations' }
  }
}
