export default {
  evaluation: {
    title: 'Performance', begin: 'Begin this year’s evaluation', year: '{n}', self: 'self {n}', review: 'reviewed {n}', third: '{who}: {n}', indicators: '{n} indicators', none: 'Not evaluated yet',
    name: 'Indicator', target: 'Target', actual: 'Actual', source: 'Source', score: 'Score',
  },
}
