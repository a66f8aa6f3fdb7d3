export default {
  course: {
    construction: '建设', acceptance: '验收', milestones: '里程碑进度', milestone: '里程碑', plan: '计划', percent: '完成', reports: '进度与佐证', passed: '{on} 完成', noReport: '还没有填报', noFile: '缺文件',
    keyPersons: '关键人员', notTheBid: '投标承诺为{name}，须先办变更', months: '进度研判', stagnant: '停滞', supervision: '监理月报', noSupervision: '还没有月报', inspections: '双随机抽查',
    card: { none: '无延期', yellow: '黄牌', orange: '橙牌', red: '红牌' }, decision: { observe: '继续观察', rectify: '限期整改' }, found: { open: '检查中', pass: '未发现问题', issues: '发现问题' },
    unmet: '还差 {n} 项', rule: '规则 {rule}', kind: { PRELIM: '初验', FINAL: '终验' }, deliverables: '合同交付物', certificates: '测试与测评', certificate: { filing: '等保备案证明', assessment: '等保测评报告', crypto: '密评报告', test: '第三方测试报告' },
    result: { pass: '合格', fail: '不合格', na: '不适用' }, conclusion: { pass: '通过', conditional: '通过，另行整改', fail: '不通过' }, trial: '试运行', trialRuns: '自 {from} 起，至 {ends} 期满', trialClosed: '{from} 至 {on}，可用率 {availability}%',
    incident: '{severity} 级故障 {from} 至 {to}', materials: '终验材料', draw: '验收专家', rectifyDue: '{on} 前整改', extension: '延期验收', granted: '{on} 同意', notGranted: '待审核',
    drawOne: '抽取检查项目', drawHelp: '从在建项目中随机抽取，再为每个项目随机抽取两名检查员；种子和名单存档，可复算。', drawSize: '抽查项目数', drawReason: '抽查事由', drawNow: '抽取', drawn: '已抽取 {n} 个项目',
    no: '编号', inspectors: '检查员', opened: '抽取日期', outcome: '结果', noInspection: '还没有抽查',
  },
}
