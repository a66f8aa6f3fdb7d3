/** Clocks of a project's stages. */
export default {
  clock: {
    title: '阶段时限',
    workdays: '限 {n} 个工作日',
    calendarDays: '限 {n} 日',
    statutory: '法定期限，不停算',
    ended: '{on} 办结，用 {n} 日',
    endedLate: '{on} 办结，用 {n} 日，超期',
    runsOut: '{on} 到期，已用 {used} 日',
    stood: '{why}：{from} 至 {to} 不计',
    stands: '{why}：{from} 起停算',
    provisional: '{years} 年日历未公布，暂按周末推算',
  },
}
