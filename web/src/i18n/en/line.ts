export default {
  line: {
    title: 'The line to the bureaus', light: { green: 'fine', yellow: 'silent for more than one working day', red: 'silent for more than three working days', dark: 'never heard' },
    dataUntil: 'data until {at}', heard: 'last heard {at}', drift: 'its clock is {n} seconds off', refused: '{n} messages of a day were not believed', waiting: '{n} not delivered, the oldest since {at}', seq: 'numbered up to {n}',
    refusals: 'Messages that were not believed', noBody: 'only digests are kept; what they say does not count',
    files: 'Files instead of the line', filesHelp: 'Where the line is down, the bureau brings the events of a day as a file with its .sm3 and .sig; it is taken in whole or not at all.', pick: 'Choose the three files', taken: '{name}: {events} events, {fresh} of them new', again: '{name} was taken in before; nothing changed', give: 'Today’s file for {partner}', needThree: 'Please choose .jsonl, .sm3 and .sig together',
    brought: 'Files that were taken in', events: '{n} events, {fresh} of them new', months: 'Months', matched: '{n} match', open: '{n} not settled', closed: 'closed by {who} {at}, {n} explained', close: 'Close', closeTitle: 'Close {month} with {partner}', closeHelp: 'A month closes when all its differences are settled; it is not opened again.', done: '{month} is closed',
  },
  archived: {
    title: 'Archive', package: 'Archive package', held: 'on hold', holdBasis: '{basis}, {who} {at}', lifted: 'lifted {at}: {why}', versions: 'After the hand-over', version: 'Version {n}', of: 'puts record {no} right', added: 'was missing', none: 'Nothing was put right after the hand-over.',
    state: { waiting: 'waits', accepted: 'counts', refused: 'refused' }, ask: 'Put something right', record: 'Which record', missing: 'one that was missing', what: 'Title', file: 'File', askHelp: 'The record stays; what is right comes beside it as a new version, once the head of the section has accepted it.', asked: 'Asked; a second person decides', accept: 'Accept', refuse: 'Refuse', decided: 'Decided',
    hold: 'Hold', holdTitle: 'Keep this archive as it is', holdHelp: 'Nothing is put right while a hold stands; another person lifts it.', basis: 'Basis (letter or case)', lift: 'Lift the hold', free: 'Hold lifted', needFile: 'Please choose a file first',
  },
}
