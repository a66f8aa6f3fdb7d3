// What a diligent applicant and reviewer do about the county's rules: the form is whole, the papers are there, the
// project stands in the annual plan, splitting is said, and every reminder is answered.
import { pdf } from './person.mjs'

const papers = [['letter', '申报函'], ['plan', '建设方案'], ['budget', '投资概算书'], ['quote', '三家询价单'], ['plan', '总体架构图'], ['crypto', '密码应用方案'], ['minutes', '集体决策会议纪要'], ['running', '运行情况报告'], ['service', '服务内容与计价依据']]
const firms = ['示例信息技术有限公司', '示例网络工程有限公司', '示例数据服务有限公司']
const target = (kind, name, value, unit, method) => ({ kind, name, value, unit, method })

/** Three quotes for each line, by its unit price. */
const quotes = (unitPrices) => unitPrices.flatMap((amount, i) => firms.map((source) => ({ lineNo: i + 1, kind: 'quote', source, amount })))

/** The form of an application whose lines have these unit prices. */
function form(entry, name, year, lines, total, architecture) {
  return {
    planEntry: entry, uscc: '11341700MB0DEM00X1', leader: '分管领导甲', contact: '联系人乙', mobile: '13800000000',
    plannedStart: `${year + 1}-01-05`, plannedEnd: `${year + 1}-12-20`, secrecy: 'none', deployEnv: 'cloud',
    policyBasis: [{ title: '数字政府建设总体规划', docNo: '县政发〔2021〕12号' }],
    situation: '现有业务依靠人工与表格办理，数据分散在三个科室，无统一平台。', problem: '办理时限长，重复录入多，领导无法及时掌握情况。',
    users: '机关用户 120 人，公众用户约 30000 人，年业务量约 48000 件。',
    similarSystems: [{ name: '市级同类平台', owner: '市数据资源管理局', relation: '数据上报，不重复建设' }],
    searched: name, whyNotExtend: '已有系统技术架构陈旧，厂商已停止维护，扩建费用高于新建。',
    functionPoints: [{ module: '业务办理', ilf: 12, eif: 4, ei: 36, eo: 18, eq: 22 }],
    dataProduced: [{ name: '业务办理结果', sharing: 'limited' }], dataNeeded: [{ name: '人口基础信息', provider: '县公安局' }],
    interfaces: [{ system: '统一身份认证', content: '单点登录' }],
    capabilityReuse: [{ capability: 'CAP-GIS', answer: 'reuse', reason: '地图底座直接调用' }],
    priceEvidence: quotes(lines),
    total, funding: [{ type: '县级财政', year, amount: total }],
    personalInfo: 'general', xinchuang: '服务器、操作系统、数据库均在信创目录内，已完成适配测试。',
    targets: [
      target('output', '上线功能模块', '8', '个', '验收清单'), target('output', '完成系统对接', '3', '个', '验收清单'), target('output', '培训人次', '60', '人次', '签到表'),
      target('benefit', '年减少跑动', '5000', '人次', '系统统计'), target('benefit', '平均办理时长下降', '30', '%', '系统统计'), target('satisfaction', '用户满意度', '90', '%', '问卷'),
    ],
    architecture,
  }
}

async function upload(clerk, code, kind, title) {
  const { id } = await clerk.send('POST', `/api/v1/projects/${code}/documents`, { multipart: { kind, title, file: { name: `${title}.pdf`, mimeType: 'application/pdf', buffer: pdf() } } })
  return id
}

/** The head enters the annual plan by hand, and the clerk is offered his unit's entry in the form. */
export async function planned(head, unitName, name, estimate, look) {
  const { page } = head
  await page.goto('/plan')
  await page.locator('#plan-unit').fill(unitName)
  await page.locator('#plan-unit').blur()
  await page.locator('#plan-name').fill(name)
  await page.locator('#plan-type').selectOption({ index: 1 })
  await page.locator('#plan-estimate').fill(estimate)
  await page.locator('#plan-reason').fill('补录已印发的年度计划')
  await page.locator('[data-test=add-entry] [type=submit]').click()
  await page.locator('[data-entry]').filter({ hasText: name }).waitFor()
  await look(page, 'plan')
}

/** Fills the form and brings the papers; who has no entry of the plan yet gets one from the head. */
export async function prepared(clerk, head, code, unitPrices, total, entered = false) {
  const { now } = await clerk.get('/api/v1/me')
  const year = Number(now.slice(0, 4))
  const ids = {}
  for (const [kind, title] of papers) ids[title] = await upload(clerk, code, kind, title)
  const project = await clerk.get(`/api/v1/projects/${code}`)
  const entry = `JH-${code.replace(/^[^-]*-/, '')}`
  await clerk.edit(`/api/v1/projects/${code}`, project.version, { form: { ...form(entered ? '' : entry, project.name, year, unitPrices, total, [ids['总体架构图']]), ...project.form } })
  if (!entered) await head.post('/api/v1/plan-entries', { id: entry, fiscalYear: year, unit: project.dept, name: project.name, type: project.type, estimate: total, reason: '补录已印发的年度计划' })
}

/** Puts three quotes to each line, as evidence of its price. */
export async function quoted(clerk, code, unitPrices) {
  const project = await clerk.get(`/api/v1/projects/${code}`)
  await clerk.edit(`/api/v1/projects/${code}`, project.version, { form: { ...project.form, priceEvidence: quotes(unitPrices) } })
}

/** Answers every reminder of a check point that this person may answer, after saying what was split. */
export async function answered(person, code, point, post) {
  const at = `/api/v1/checks/${point}/project/${code}`
  const linked = (await person.get(at)).results.filter((r) => r.rule === 'B09').flatMap((r) => r.findings.map((f) => f.place.split('|')))
    .filter(([kind, , other]) => kind === 'linked' && other).map(([, , other]) => ({ code: other }))
  if (linked.length) {
    const project = await person.get(`/api/v1/projects/${code}`)
    await person.edit(`/api/v1/projects/${code}`, project.version, { form: { ...project.form, linkedProjects: [...(project.form.linkedProjects ?? []), ...linked] } })
  }
  const { results } = await person.get(at)
  const answers = results.flatMap((r) => r.findings.filter((f) => r.mine && f.must && !f.answer)
    .map((f) => ({ rule: r.rule, place: f.place, reason: '已逐项核实，情况属实，依据见附件说明材料' })))
  if (answers.length) await person.post(`${at}/answers`, { post, answers })
}
