// What each step of a project's life is answered with, by element. Whose turn it is, the platform says.
const winner = { name: '示例软件有限公司', uscc: '91341700MA00DEM00W' }
const supervisor = '91341700MA00DEM010'
export const group = [
  { name: '甲', org: '县数据资源管理局' },
  { name: '乙', org: '县财政局' },
  { name: '丙', org: '县委宣传部（网信办）' },
]
export const formal = ['letter', 'plan', 'budget', 'minutes', 'crypto', 'running', 'service']
const agree = (opinion) => ({ operation: 'agree', opinion })
export const papers = ['summary', 'user', 'supervision', 'settlement', 'audit', 'assets']

/** Files of the rows of a list, from a row on. */
export const filed = async (p, list, titles, from = 0) => {
  for (const [i, title] of titles.entries()) if (i >= from) await p.attach(`${list}/${i}/document`, title)
}
const deliverables = ['应用系统', '源代码与文档'] // those of the contract
/** Somebody of the bureau confirms what a clerk has recorded. */
const second = 'BUREAU_REVIEW_B@DP34'
/** The experts that were drawn, from what the task tells. */
export const drawn = async (p, task) => {
  const { facts } = await p.get(`/api/v1/tasks/${task.key}`)
  return facts.find((f) => f.label.startsWith('抽取的验收专家')).value.split('、').map((name) => ({ name, org: '县专家库' }))
}
const handIn = async (p) => {
  await p.rows('/materials', papers.map((code) => ({ code: [code] })))
  await filed(p, '/materials', papers.map((code) => `终验材料 ${code}`))
}

/** Budget lines as they are pasted from a spreadsheet; 2,400,000.00 in all. */
export const pasted = ['类别\t名称\t规格\t数量\t单位\t单价（元）', '{software}\t应用软件开发\t功能点法\t1\t项\t1,880,000.00', '{hardware}\t服务器\t2 路 32 核\t8\t台\t5万', '{software}\t等保测评\t二级\t1\t项\t120000'].join('\n')

export const script = {
  p1_leader: { ...agree('同意申报。'), fill: (p) => p.page.getByText('陆小桥').first().waitFor() }, // what the clerk has answered
  p2_check: { fill: (p) => p.choose('/decision', 'accept').then(() => p.rows('/checklist', formal.map((code) => ({ code, result: ['pass'] })))) },
  p3_pre: { twoBrowsers: true, fill: (p) => p.fill('/comment', '架构可行，服务器数量偏多。') },
  p3_simple: agree('同意。'),
  p3_draw: { second: 'BUREAU_LEGAL@DP34', fill: (p) => p.fill('/number', '48205173').then(() => p.fill('/comment', '随机抽取，已回避申报单位')) },
  p3_statement: { fill: (p) => p.tick('/confidential') },
  p3_opinion: {
    async fill(p) {
      for (const [score, value] of Object.entries({ necessity: '82', feasibility: '78', reuse: '64', budget: '66', security: '80' })) await p.fill(`/scores/${score}`, value)
      await p.choose('/overall', 'revise')
      await p.fill('/comment', '必要，服务器宜减。')
    },
  },
  p3_lead: { fill: (p) => p.choose('/conclusion', 'revise').then(() => p.fill('/summary', '修改后通过，核减服务器。')) },
  p4_sheet: {
    async fill(p) {
      const row = p.page.locator('tr[data-line="2"]')
      await row.locator('[data-col=amount]').fill('25万')
      await row.locator('[data-col=amount]').press('Enter')
      await row.locator('[data-col=reason]').selectOption('OVER')
      await row.locator('[data-col=text]').fill('按并发测算，5 台足够')
      await row.locator('[data-col=text]').blur()
      await p.page.getByText('6.25%').first().waitFor() // 150,000 of 2,400,000, as the sums say at once
    },
  },
  p4_cross: {
    async fill(p) {
      const amounts = { 1: '1880000', 2: '250000', 3: '120000' }
      for (const [line, amount] of Object.entries(amounts)) {
        const input = p.page.locator(`tr[data-line="${line}"] [data-col=amount]`)
        await input.fill(amount)
        await input.blur()
      }
    },
  },
  p4_arbitrate: { fill: () => {} },
  p4_consult: {
    async fill(p) {
      await p.choose('/answer', 'object')
      await p.page.locator('tr[data-line="2"] button').click()
      await p.page.locator('.ob textarea').fill('灾备另需 1 台，请按 6 台核定。')
    },
  },
  p4_answer: {
    async fill(p) {
      await p.page.locator('.ob .chip').first().click()
      await p.page.locator('.ob textarea').fill('灾备由政务云提供，维持 5 台。')
    },
  },
  p4_head: { ...agree('同意，出具审查意见书。'), answers: 'sheet' },
  p5_head: agree('同意报批。'),
  p5_legal: { ...agree('程序与材料合规。'), recall: true },
  p5_joint: agree('同意。'),
  p5_director: agree('同意。'),
  p5_leader: { ...agree('同意，请抓紧。'), onPhone: true },
  p6_plan: {
    fill: (p) => p.rows('/packages', [{ packageNo: 'S1', name: '平台建设', category: ['service'], mode: ['CONSULT'], budget: '2250000', limitPrice: '225万', lineNos: '1,2,3', smeAmount: '2250000', itemClass: '应用软件开发', modeReason: '未达公开招标数额标准' }]),
  },
  p6_check: agree('采购需求与批复一致。'),
  p7_draft: {
    async fill(p, { data, unique }) {
      const amount = String(data.awardTotal)
      await p.fill('/contractNo', `HT-${unique}`)
      await p.fill('/title', '平台建设合同')
      await p.fill('/supplier/name', winner.name)
      await p.fill('/supplier/uscc', winner.uscc)
      await p.fill('/amount', amount)
      await p.fill('/warrantyMonths', '24')
      await p.fill('/bond/amount', (Number(amount) * 0.05).toFixed(2))
      await p.select('/bond/form', 'letter')
      await p.choose('/sme', 'yes')
      await p.fill('/ipr', '成果的著作权归采购人，源代码随终验移交')
      await p.fill('/dataSecurity', '数据不出政务云，人员签保密协议')
      await p.rows('/deliverables', deliverables.map((name) => ({ name })))
      await p.rows('/paymentTerms', [{ name: '合同生效', condition: ['advance'], ratio: '100', amount }])
    },
  },
  p7_review: agree('同意签订。'),
  p7_sign: {
    async fill(p, { today }) {
      await p.fill('/signedOn', today)
      await p.attach('/documents', '合同文本')
    },
  },
  p7_milestones: {
    async fill(p, { today }) {
      await p.fill('/supervisorOrg', supervisor)
      await p.rows('/milestones', [{ no: '1', name: '系统上线', planDate: today }])
      await p.rows('/payments', [{ term: '合同生效', ratio: '100', milestoneNo: '1' }])
    },
  },
  p8_kickoff: { fill: (p, { today }) => p.fill('/startedOn', today).then(() => p.rows('/team', [{ name: '项目经理甲', role: '项目经理' }])) },
  p8_kickoff_check: agree('同意开工。'),
  p8_report: { fill: (p, { today }) => p.fill('/percent', '100').then(() => p.fill('/period', today.slice(0, 7))).then(() => p.attach('/evidence', '上线截图')) },
  p8_supervise: agree('情况属实。'),
  p8_confirm: agree('确认完成。'),
  p9_request: {
    async fill(p) {
      await p.rows('/deliverables', deliverables.map((name) => ({ name })))
      await filed(p, '/deliverables', deliverables.map((name) => `交付 ${name}`))
    },
  },
  p9_prelim_prepare: {
    async fill(p, { today }) {
      await p.rows('/certificates', [{ kind: ['filing'], org: '县公安局网安大队', level: '2', dated: today, result: ['pass'] }])
      await filed(p, '/certificates', ['备案证明'])
    },
  },
  p9_supervisor: agree('具备初验条件。'),
  p9_prelim: {
    second,
    async fill(p, { today, visit }) {
      const passes = visit > 1
      await p.fill('/date', today)
      await p.rows('/group', group)
      await p.rows('/items', [{ clause: '并发性能', result: [passes ? 'pass' : 'fail'], note: passes ? '整改后达标' : '响应超过 3 秒' }])
      await p.choose('/conclusion', passes ? 'pass' : 'fail')
      await p.attach('/signed', `初验签字页 ${visit}`)
    },
  },
  p9_trial: {
    async fill(p, { code }) {
      await p.send('PUT', `/fake/finance/trial?project=${code}`, { data: {} }) // its months have passed
      await p.choose('/decision', 'finish')
      await p.fill('/availability', '99.9')
      await p.attach('/logs', '监测日志')
    },
  },
  p9_tests: {
    async fill(p, { today }) {
      await p.rows('/certificates', [{ kind: ['test'], org: '示例测评中心', dated: today, result: ['pass'] }])
      await filed(p, '/certificates', ['第三方测试'])
    },
  },
  p9_catalogue: {
    async fill(p) {
      await p.rows('/entries', [{ resource: '业务办理结果', code: 'ML-1', shared: ['yes'] }])
      await p.attach('/document', '共享证明')
    },
  },
  p9_archive_pre: { fill: (p) => p.choose('/conclusion', 'pass').then(() => p.attach('/document', '档案意见')) },
  p9_archive_mend: { fill: handIn },
  p9_apply: { fill: (p) => p.fill('/comment', '试运行期满。') },
  p9_formal: agree('材料齐全。'),
  p9_draw: { fill: (p) => p.fill('/size', '3') },
  r1_dispatch: { fill: (p, { dept }) => p.fill('/ownerDept', dept).then(() => p.choose('/severity', 'B')) },
  r1_analysis: { fill: (p) => p.select('/rootCause', 'SYS').then(() => p.fill('/why', '连接池过小。')) },
  r1_plan: { fill: (p, { today }) => p.rows('/measures', [{ text: '扩大连接池，容量告警接入值班', kind: ['preventive'], owner: '项目经理甲', due: today }]) },
  r1_approve: agree('同意方案。'),
  r1_rectify: {
    async fill(p) {
      await p.fill('/comment', '连接池已扩大，压测 200 并发均在 1 秒内。')
      await p.attach('/after', '压测报告')
    },
  },
  r1_verify: { fill: (p) => p.choose('/method', 'site').then(() => p.choose('/result', 'pass')).then(() => p.fill('/comment', '现场复测，响应 0.8 秒。')).then(() => p.fill('/siteNote', '当日到机房看压测，并发三百无超时。')) },
  p9_materials: { fill: handIn },
  p9_final_prepare: { fill: handIn },
  p9_final: {
    second,
    async fill(p, { today, task }) {
      await p.fill('/date', today)
      await p.rows('/group', await drawn(p, task))
      await p.rows('/items', [{ clause: '并发性能', result: ['pass'] }])
      await p.choose('/conclusion', 'pass')
      await p.attach('/signed', '终验签字页')
    },
  },
  p10_request: {
    last: true, // its milestone has to pass first
    async fill(p, { data, unique }) {
      await p.fill('/term', '合同生效')
      await p.fill('/amount', String(data.remainingTotal))
      await p.fill('/invoiceNo', `FP-${unique}`)
      await p.fill('/payee', winner.name)
    },
  },
  p10_verify: agree('同意支付。'),
  p12_collect: {
    fill: (p, { today }) => p.rows('/items', ['P6', 'P8', 'P10'].map((stage) => ({ stage: [stage], category: '过程文件', title: `${stage} 过程文件`, docNo: `GD-${stage}`, date: today }))),
  },
  p12_receipt: { fill: (p, { data }) => p.fill('/count', String(data.archiveCount)) },
  p12_fix: { fill: (p, { today }) => p.rows('/items', [{ stage: ['P8'], category: '监理', title: '监理月报', docNo: 'JL-1', date: today }]) },
}
