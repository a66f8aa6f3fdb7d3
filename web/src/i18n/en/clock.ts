/** Clocks of a project's stages. */
export default {
  clock: {
    title: 'Time limits of the stages',
    workdays: 'limit {n} working day | limit {n} working days',
    calendarDays: 'limit {n} day | limit {n} days',
    statutory: 'by law, never stands still',
    ended: 'done on {on}, {n} days used',
    endedLate: 'done on {on}, {n} days used, late',
    runsOut: 'runs out on {on}, {used} days used',
    stood: '{why}: {from} to {to} not counted',
    stands: '{why}: stands still since {from}',
    provisional: 'calendar of {years} not published, weekends only',
  },
}
