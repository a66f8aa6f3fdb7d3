export default {
  setup: {
    title: '首次启动', head: '先告诉系统这是哪个县', done: '{town}已启用。三张口令条只显示这一次，请分开交给本人', until: '空库，没有装任何演示数据。这个链接 {at} 作废，只能用一次。',
    town: '哪个县', townName: '县的名称', regionCode: '行政区划代码', docSeries: '机关代字', units: '单位', unitId: '编号', unitName: '名称', uscc: '统一社会信用代码', addUnit: '加一个单位', drop: '去掉',
    functions: '哪个单位做什么', functionsHelp: '流程按职能找单位，不认名字；机构改革只改这里。', pick: '选一个单位', none: '没有',
    admins: '三名管理员', adminsHelp: '口令和第二道验证由本人首次登录时自己设，这里谁也看不到。三员须是三个人。', account: '登录名', name: '姓名', mobile: '手机号', unit: '工作单位',
    system: '系统管理员：建账号、管运行', security: '安全管理员：授权、启用、解锁', audit: '审计管理员：看审计、验链',
    check: '看一遍', ok: '都齐了，可以启用', found: '启用，出三张口令条', foundHelp: '按下去就不能重来；这个链接随即作废。', file: '存成 setup.json', go: '去登录',
    f: { bureau: '主管局', finance: '财政', procurement: '采购监管', county: '县政府', joint: '联审', archive: '档案', experts: '专家库', discipline: '纪检', audit: '审计', hall: '政务大厅' },
  },
  codes: { title: '一次性口令，只显示这一次', help: '每人一张，分开交给本人。登录后设自己的口令，该有第二道验证的当场设。系统只存摘要，丢了请安全管理员重发。', print: '打印，每张一页', once: '用一次就作废' },
  organisation: {
    title: '组织与人员', head: '{units} 个单位', gaps: '{units} 个单位，{n} 处没有人', units: '单位', unit: '单位', kind: '类别', parent: '上级', functions: '职能', former: '曾用名', ended: '{at} 撤销，并入{successor}', endedAlone: '{at} 撤销',
    id: '编号', name: '名称', add: '加单位', change: '改', end: '撤销', successor: '由哪个单位承接', on: '从哪天起，空着是现在', serve: '改职能', vacant: '流程用到的岗位还没有人', noUnit: '以下职能还没有单位', all: '都有人。',
    people: '人员', find: '姓名', whole: '全部单位', noPeople: '没有人。', posts: '岗位', ask: '申请岗位', askEnd: '申请免去', askFor: '给谁', role: '岗位', title2: '职务', asked: '已提出申请，等安全管理员决定', toRequests: '看申请',
    import: '导入名册', template: '取模板', export: '导出', file: '选一个名册（.xlsx 或 .csv）', preview: '预览', send: '提出申请', nothing: '什么都还没有写入。系统管理员放行账号，安全管理员放行岗位。', sent: '已提出第 {n} 号申请',
    fresh: '新增', changed: '改动', leaving: '离开', same: '一样', refused: '不能收', freshUnits: '单位', line: '第 {n} 行', notListed: '名册之外', more: '另有 {n} 个',
  },
  sets: { title: '岗位能做什么', shipped: '系统自带', own: '县里自设', add: '加一个岗位', code: '代码', name: '名称', bases: '由哪些自带岗位组成', save: '保存', by: '{who} 设', change: '改' },
  week: { title: '一周变更清单', head: '{n} 条变更', of: '哪一周（周一）', none: '这一周没有变更。', sign: '看过，签字', signed: '{who} {at} 已签', changed: '签后清单有变', remark: '意见' },
  links: { title: '统一登录', linked: '{at} 绑定', not: '未绑定', link: '绑定', end: '解除', done: '已绑定', code: '先填第二道验证的 6 位' },
  cameBack: { 'provider-state': '登录超时或被打断，请重新来过。', 'provider-refused': '对方没有确认您的身份，请重试。', 'provider-unknown': '这个身份还没有绑定账号：先用登录名登录，在“我的账号”里绑定。', 'provider-linked': '这个身份已绑在另一个账号上。', 'no-post': '您的岗位都已结束，请联系安全管理员。', 'sign-in-excluded': '该账号同时担任互斥的岗位，请联系安全管理员。', other: '没有登录成功，请重试。' },
}
