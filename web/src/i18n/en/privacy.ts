/** Personal data: the inventory, what is due, holds and lists. */
export default {
  privacy: {
    title: 'Personal data', head: 'What is kept of whom, and for how long', whose: 'Whose', what: 'What', why: 'What for', guard: 'Protection', keep: 'Kept', count: 'Now', people: '{n} people', due: '{n} due', held: '{n} held',
    waiting: 'Waiting for a second person', past: 'Former lists', dueHead: 'Closed or left {years} years ago ({on} and before): to be erased', dueNone: 'No personal data is due', total: '{n} in all, 500 to a list at most',
    eraseHelp: 'Names, phones and words of citizens, numbers and ways of signing in of who has left, and employers of experts are erased; what they signed and did stays. Nothing is erased before the archivist or the section head has confirmed it; then it cannot be brought back.',
    ask: 'Ask to erase', asked: 'Asked: the archivist or the section head confirms', cutoff: '{n} closed on {on} or before', until: 'void unless confirmed by {when}', asks: '{who} asks to erase personal data', asksLift: '{who} asks to lift the hold of {name}',
    confirm: 'Confirm', refuse: 'Refuse', state: { waiting: 'waiting', done: 'done', refused: 'refused', expired: 'expired' }, outcome: { erased: 'erased', held: 'held, not erased', changed: 'has changed, not erased' },
    kind: { citizen: 'at the window', left: 'left', expert: 'former expert' }, item: '{name} ({kind}, {on})',
    look: 'Show numbers', lookHelp: 'Numbers are masked. One person sees those of 20 people a day; for more a second person confirms first, then they can be seen for four hours and the audit administrator is told. Each look is logged.', lookWho: 'Whose (accounts, by blanks or lines)', lookWhat: 'Which number', number: { mobile: 'Mobile', idno: 'Identity number' }, lookShow: 'Show', lookAsk: 'Ask for confirmation', asksReveal: '{who} asks to see the numbers of',
    holds: 'Legal holds', holdsNone: 'No holds', holdHelp: 'What a court, an inspection or an audit still needs is held. One person sets a hold, two lift it.', holdKind: { stuck: 'Report at the window (number)', person: 'Person (account)', unit: 'Unit (id)' }, holdWhat: 'What', ref: 'Number or account', basis: 'Basis (letter, case)', reason: 'Reason', hold: 'Hold', lift: 'Ask to lift', lifted: 'lifted {when}', since: '{who} {when} · {basis} · {reason}',
  },
}
