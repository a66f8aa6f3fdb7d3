export default {
  course: {
    construction: 'Construction', acceptance: 'Acceptance', milestones: 'Progress by milestone', milestone: 'Milestone', plan: 'Planned', percent: 'Done', reports: 'Reports and evidence', passed: 'done on {on}', noReport: 'No report yet', noFile: 'no file',
    keyPersons: 'Key persons', notTheBid: 'the bid named {name}: file the change first', months: 'Progress by the rules', stagnant: 'stagnant', supervision: 'Supervision reports', noSupervision: 'No report yet', inspections: 'Spot checks',
    card: { none: 'in time', yellow: 'yellow card', orange: 'orange card', red: 'red card' }, decision: { observe: 'watched', rectify: 'to be mended' }, found: { open: 'under way', pass: 'nothing found', issues: 'something found' },
    unmet: '{n} thing missing | {n} things missing', rule: 'rule {rule}', kind: { PRELIM: 'Preliminary', FINAL: 'Final' }, deliverables: 'Deliverables', certificates: 'Tests', certificate: { filing: 'MLPS filing', assessment: 'MLPS assessment', crypto: 'Cryptography assessment', test: 'Third-party test' },
    result: { pass: 'pass', fail: 'fail', na: 'not applicable' }, conclusion: { pass: 'Pass', conditional: 'Pass with issues', fail: 'Fail' }, trial: 'Trial run', trialRuns: 'From {from} until {ends}', trialClosed: '{from} to {on}, availability {availability} %',
    incident: 'Incident of severity {severity}, {from} to {to}', materials: 'Papers', draw: 'Drawn experts', rectifyDue: 'rectify by {on}', extension: 'Extension', granted: 'granted on {on}', notGranted: 'to be decided',
    drawOne: 'Draw projects to check', drawHelp: 'Projects under construction are drawn by chance, and two inspectors for each; seeds and lists are kept, so that the draw can be repeated.', drawSize: 'How many projects', drawReason: 'Occasion', drawNow: 'Draw', drawn: '{n} drawn',
    no: 'No.', inspectors: 'Inspectors', opened: 'Drawn on', outcome: 'Result', noInspection: 'No spot check yet',
  },
}
