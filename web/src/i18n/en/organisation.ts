import type { Messages } from '..'

const organisation: Pick<Messages, 'setup' | 'codes' | 'organisation' | 'sets' | 'week' | 'links' | 'cameBack'> = {
  setup: {
    title: 'First start', head: 'Which county is this?', done: '{town} is founded. The three slips are shown this once: hand each to its owner', until: 'The database is empty; nothing made up is installed. This link ends {at} and works once.',
    town: 'The county', townName: 'Name', regionCode: 'Region code', docSeries: 'Document series', units: 'Units', unitId: 'Id', unitName: 'Name', uscc: 'Credit code', addUnit: 'Add a unit', drop: 'Remove',
    functions: 'Which unit does what', functionsHelp: 'Processes find units by function, not by name; a reform changes these rows only.', pick: 'Choose a unit', none: 'None',
    admins: 'Three administrators', adminsHelp: 'Each sets password and second factor at the first sign-in; nobody sees them here. They are three people.', account: 'Account', name: 'Name', mobile: 'Mobile', unit: 'Works at',
    system: 'System administrator: accounts, operation', security: 'Security administrator: grants, activates, unlocks', audit: 'Audit administrator: reads and verifies the audit',
    check: 'Look it over', ok: 'Everything is there: it can start', found: 'Found the town and show three slips', foundHelp: 'This cannot be done twice; the link ends with it.', file: 'Save as setup.json', go: 'Sign in',
    f: { bureau: 'Competent bureau', finance: 'Finance', procurement: 'Procurement supervision', county: 'County government', joint: 'Joint review', archive: 'Archive', experts: 'Expert pool', discipline: 'Discipline inspection', audit: 'Audit', hall: 'Service hall' },
  },
  codes: { title: 'One-time codes, shown this once', help: 'One slip each, handed to its owner. Everybody sets a password at the first sign-in, and a second factor where the post asks for one. Only digests are stored; for a lost one the security administrator issues another.', print: 'Print, one a page', once: 'Works once' },
  organisation: {
    title: 'Organisation', head: '{units} units', gaps: '{units} units, {n} gaps', units: 'Units', unit: 'Unit', kind: 'Kind', parent: 'Parent', functions: 'Functions', former: 'Former names', ended: 'Ended {at}, merged into {successor}', endedAlone: 'Ended {at}',
    id: 'Id', name: 'Name', add: 'Add a unit', change: 'Change', end: 'End', successor: 'Successor', on: 'From which day; empty: now', serve: 'Change functions', vacant: 'Posts that processes need and nobody holds', noUnit: 'Functions without a unit', all: 'Everything is staffed.',
    people: 'People', find: 'Name', whole: 'All units', noPeople: 'Nobody.', posts: 'Posts', ask: 'Request a post', askEnd: 'Request its end', askFor: 'For whom', role: 'Role', title2: 'Title', asked: 'Requested: the security administrator decides', toRequests: 'See requests',
    import: 'Import a list', template: 'Template', export: 'Export', file: 'Choose a list (.xlsx or .csv)', preview: 'Preview', send: 'Request it', nothing: 'Nothing is written yet. The system administrator releases accounts, the security administrator posts.', sent: 'Request {n} is made',
    fresh: 'New', changed: 'Changed', leaving: 'Leaving', same: 'Same', refused: 'Refused', freshUnits: 'Units', line: 'Line {n}', notListed: 'Not on the list', more: '{n} more',
  },
  sets: { title: 'What roles may', shipped: 'Shipped', own: 'Own', add: 'Add a role', code: 'Code', name: 'Name', bases: 'Made of which shipped roles', save: 'Save', by: 'Set by {who}', change: 'Change' },
  week: { title: 'Changes of a week', head: '{n} changes', of: 'Which week (its Monday)', none: 'No changes in this week.', sign: 'Seen and signed', signed: 'Signed by {who}, {at}', changed: 'The list has changed since', remark: 'Remark' },
  links: { title: 'Linked sign-ins', linked: 'Linked {at}', not: 'Not linked', link: 'Link', end: 'Unlink', done: 'Linked', code: 'First a code of your second factor' },
  cameBack: { 'provider-state': 'The sign-in took too long or was interrupted: try again.', 'provider-refused': 'The provider did not vouch for you: try again.', 'provider-unknown': 'This identity is linked to no account: sign in by name, and link it under My account.', 'provider-linked': 'This identity is linked to another account.', 'no-post': 'All your posts have ended: ask the security administrator.', 'sign-in-excluded': 'The account holds posts that exclude each other: ask the security administrator.', other: 'The sign-in failed: try again.' },
}

export default organisation
