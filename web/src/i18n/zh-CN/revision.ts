export default {
  revision: {
    title: '各版差异', count: '{n} 处不同', same: '两版内容相同。', from: '与哪一版比', to: '看哪一版', no: '第 {n} 版 {on}', what: '内容', was: '第 {n} 版', is: '第 {n} 版',
    lineField: '第 {n} 行 {what}', lineNew: '第 {n} 行 新增', lineGone: '原第 {n} 行 删去',
    header: { name: '项目名称', type: '项目类型', mlpsLevel: '等保级别' },
    column: { category: '类别', name: '名称', spec: '规格', qty: '数量', unit: '单位', unitPrice: '单价', amount: '金额', remark: '备注' },
  },
}
