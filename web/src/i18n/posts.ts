import { useI18n } from 'vue-i18n'
import type { Post } from '@/api/types'

/** The name of a post: its own title; titles are Chinese, so in English its role. */
export function usePostName() {
  const { locale } = useI18n()
  return (post: Post | undefined) => (locale.value === 'en' ? post?.roleName : post?.title || post?.roleName) ?? ''
}
