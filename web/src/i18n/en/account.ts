export default {
  account: {
    title: 'My account', name: 'Account', password: 'Password', enter: 'Sign in', with: 'Sign in with {name}', or: 'or', byPassword: 'Sign in with account and password', demoBelow: 'Demo people',
    hint: 'First time: use the one-time code from the security administrator as the password. Wrong tries lock this account on this machine only.',
    steps: { code: 'Second factor', password: 'A password of your own', factor: 'Set up a second factor' },
    codeHead: 'One more proof and you are in', codeHelp: 'Enter the six digits that your authenticator shows now, or a recovery code when the telephone is not at hand.', code: 'Code', verify: 'Verify',
    passwordHead: 'Set a password of your own', passwordHelp: 'No administrator can see it. A few unrelated words in a row are long and easy to keep.', current: 'Present password', next: 'New password', again: 'Once more', differ: 'The two differ', set: 'Set password',
    rules: { length: '{n} characters or more', classes: '{n} of lower case, upper case, digits, signs', history: 'none of the last {n}', name: 'no name, no account' },
    factorHead: 'Add a second factor and you are in', factorHelp: 'Open any authenticator on your telephone, scan the code or enter the key, then enter its six digits.', key: 'Key', confirm: 'Verify and get recovery codes',
    codesHead: 'Keep these {n} recovery codes; they are shown this once', codesHelp: 'Each opens the door once when the telephone is lost. Print or copy them, not onto this computer.', kept: 'I have kept them', go: 'Go on', print: 'Print',
    sessions: 'Where I am signed in', thisOne: 'here', end: 'Sign out', endOthers: 'Sign out everywhere else', none: 'Only here.', seen: 'last {at}',
    factorSet: 'A second factor is set, {n} recovery codes left', factorNone: 'No second factor', factorNew: 'Set up a second factor', expires: 'The password ends {at}', change: 'Change password', changed: 'Password changed; signed out elsewhere',
  },
  admin: {
    title: 'Accounts', head: '{n} accounts', open: '{n} requests wait', state: 'State', anyState: 'Every state', find: 'name or account', inactive: 'not active', active: 'active', left: 'disabled', locked: 'locked for {n} addresses', factor: 'second factor', noFactor: 'no second factor',
    create: 'New account', id: 'Account', name: 'Name', activate: 'Activate', disable: 'Disable', unlock: 'Unlock', signOut: 'Sign out everywhere', code: 'One-time code', factorReset: 'Ask to reset second factor', reason: 'Reason', cancel: 'Do not', sure: '{act}: {name}',
    why: 'Why allowed', byRequest: 'request {n}', requests: 'Requests', noRequests: 'No request waits.', grant: 'Grant', refuse: 'Refuse',
    policies: 'Parameters of signing in', save: 'Save', saved: 'Parameters saved', sets: 'What roles may', own: 'the county’s own', noPosts: 'no post',
  },
  audit: {
    title: 'Audit', head: 'The last {n} entries', broken: 'The audit chain is broken: {chain} at {seq}', intact: '{entries} entries, none missing, the chain is whole', verify: 'Verify', export: 'Export', reason: 'Why exported', who: 'Who', action: 'Action', project: 'Project', time: 'Time', what: 'What', object: 'On what', why: 'Reason', more: 'Show more', empty: 'No entry matches.', find: 'Search', noContent: 'An audit administrator sees who, when and what was done, never the content.', week: 'Changes of the week', sign: 'Sign', signed: 'signed by {who}', changedSince: 'changed since', entries: '{n} changes', remark: 'Remark',
  },
}
