import { useI18n } from 'vue-i18n'
import { clock, day, daysBetween, shortDay, weekday } from '@/domain/dates'
import { useSession } from '@/stores/session'

/** Dates in words of the chosen language. */
export function useDates() {
  const { t } = useI18n()
  const session = useSession()
  const names = (date: string) => t(`weekday.${weekday(date)}`)

  return {
    /** 2022-06-30（周四） */
    full: (moment: string) => t('date.full', { date: day(moment), weekday: names(day(moment)) }),
    /** 06-30（周四） */
    short: (moment: string) => t('date.full', { date: shortDay(day(moment), session.today), weekday: names(day(moment)) }),
    /** 06-30 in this year, else the whole date */
    day: (moment: string) => shortDay(day(moment), session.today),
    weekday: (moment: string) => names(day(moment)),
    /** 06-30 周四 10:24 */
    moment: (moment: string) => `${shortDay(day(moment), session.today)} ${names(day(moment))} ${clock(moment)}`,
    clock,
    /** how long ago: today, 3 days */
    age: (moment: string) => {
      const days = Math.max(0, daysBetween(day(moment), session.today))
      return days === 0 ? t('date.today') : t('date.days', { n: days }, days)
    },
  }
}
