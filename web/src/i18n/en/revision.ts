export default {
  revision: {
    title: 'Differences between revisions', count: '{n} differences', same: 'The two revisions are the same.', from: 'Compare with', to: 'Revision', no: 'Revision {n}, {on}', what: 'What', was: 'Revision {n}', is: 'Revision {n}',
    lineField: 'Line {n}, {what}', lineNew: 'Line {n}, new', lineGone: 'Former line {n}, gone',
    header: { name: 'Name', type: 'Type', mlpsLevel: 'Protection level' },
    column: { category: 'category', name: 'name', spec: 'specification', qty: 'quantity', unit: 'unit', unitPrice: 'unit price', amount: 'amount', remark: 'remark' },
  },
}
