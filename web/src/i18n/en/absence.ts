export default {
  absence: {
    title: 'My deputies', set: 'Let somebody act for me', from: 'From', to: 'To', hours: 'from 08:00 of the first day to 17:30 of the last', who: 'Who', nobody: 'There is no other colleague in the unit', inHand: '{n} in hand', cannot: 'Cannot: ',
    cap: 'Up to (yuan)', noCap: 'any amount', reason: 'Reason', save: 'Set', saved: 'The deputyship is set; the deputy was told', list: 'Deputyships', none: 'None so far.',
    after: 'You and the deputy both see what arrives in that time; who acts first finishes it, and both names are printed. A deputy has no deputy. What he has not touched comes back at the end, its due date unchanged. What you hold already stays with you.',
    line: '{deputy} for {principal}', states: { coming: 'to come', now: 'in force', over: 'over' }, capped: 'up to {cap} yuan', end: 'End now', endReason: 'Reason',
  },
}
