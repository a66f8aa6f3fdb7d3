export default {
  absence: {
    title: 'My deputies', set: 'Let somebody act for me', from: 'From', to: 'To', hours: 'from 08:00 of the first day to 17:30 of the last', who: 'Who', nobody: 'There is no other colleague in the unit', inHand: '{n} in hand', cannot: 'Cannot: ',
    cap: 'Up to (yuan)', noCap: 'any amount', reason: 'Reason', save: 'Set', saved: 'The deputyship is set; the deputy was told', list: 'Deputyships', none: 'None so far.',
    after: 'You and the deputy both see what arrives in that time; who acts first finishes it, and both names are printed. A deputy has no deputy. What he has not touched comes back at the end, its due date unchanged. What you hold already stays with you.',
    line: '{deputy} for {principal}', states: { coming: 'to come', now: 'in force', over: 'over' }, capped: 'up to {cap} yuan', end: 'End now', endReason: 'Reason',
  },
  handover: {
    title: 'Handing over', head: '{name} holds {n} things that have to go to others', none: '{name} holds nothing that only he could do, and may leave', choose: 'Who leaves or changes post', waiting: 'Handovers that wait for a second person', mine: 'You have asked; a second person must confirm.', until: 'Not confirmed before {when}, nothing happens',
    asks: '{who} asks to hand over {n} things of {person}', matter: 'Matter', task: 'Step', due: 'Due', to: 'Goes to', back: 'Back to the group, for the others', nobody: 'Nobody could take it: fill the post first', reason: 'Reason', ask: 'Ask a second person', asked: 'A second person has been asked; each item moves once it is confirmed',
    confirm: 'Confirm', refuse: 'Refuse', done: '{n} handed over', refused: 'The handover was refused', past: 'Earlier handovers', states: { waiting: 'waiting', confirmed: 'handed over', refused: 'refused', expired: 'not confirmed in time' },
    ends: 'Ends; the head arranges a new one', ended: 'ended', moved: 'went to {to}', returned: 'went back to the group', stays: 'stays: {why}', seat: 'seat {n}', rule: 'Receivers are proposed by post, unit and what they have in hand; only who may do the step is listed. Who confirms is neither who asked, nor who leaves, nor who receives.',
  },
}
