// A project that already runs comes in from a workbook, in a real browser: looked at, sent, taken back, sent again, and taken in by a
// second person.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from './browser.mjs'
import { Person } from './person.mjs'
import { startPlatform } from './platform.mjs'
import { workbook } from './xlsx.mjs'

const shots = new URL('../../build/screenshots/', import.meta.url).pathname
const troubles = []
const watch = (page) => page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`))
const look = (page, name) => page.screenshot({ path: join(shots, `inlife-${name}.png`), fullPage: true, animations: 'disabled' })

const project = {
  序号: '1', 项目名称: '热线升级', 单位: '县数据资源管理局', 类型: '新建', 阶段: '运行', 等保级别: '2', 申报日期: '2021-01-15', 受理日期: '2021-01-20',
  批复文号: '县数资审〔2021〕110号', 批复日期: '2021-03-10', 批复金额: '580000.00', 下达金额: '580000.00', 指标编号: 'ZB-2021-010', 指标文号: '县财预〔2021〕10号',
  下达日期: '2021-03-20', 开工日期: '2021-06-01', 初验日期: '2022-01-10', 试运行开始: '2022-01-15', 试运行月数: '3', 试运行结束: '2022-04-20', 可用率: '99.5', 终验日期: '2022-05-20',
}
const terms = [['预付款', '预付', '30', '169500.00'], ['初验款', '初验', '30', '169500.00'], ['终验款', '终验', '35', '197750.00'], ['质保金', '质保', '5', '28250.00']]
/** The workbook of one project; its lines come to less than was approved where reviewed does not fit. */
const book = (reviewed) =>
  workbook({
    项目: [project],
    明细: [
      { 序号: '1', 类别: '软件开发', 名称: '热线升级软件', 计量单位: '套', 数量: '1', 单价: '456000.00', 核定金额: reviewed, 核减原因: '高于市场价' },
      { 序号: '1', 类别: '硬件', 名称: '服务器', 计量单位: '台', 数量: '2', 单价: '87000.00', 核定金额: '174000.00' },
    ],
    文号: [{ 序号: '1', 文种: '受理通知书', 文号: '县数资受〔2021〕110号', 日期: '2021-01-20' }],
    合同: [{
      序号: '1', 合同编号: 'CL-2021-010', 合同名称: '热线升级建设合同', 采购方式: '公开招标', 中标日期: '2021-05-10', 中标金额: '565000.00', 供应商: '示例承建单位',
      统一社会信用代码: '91341700MA00DEM00W', 合同金额: '565000.00', 签订日期: '2021-05-20', 开始日期: '2021-06-01', 结束日期: '2021-12-31', 公告日期: '2021-05-21',
      备案日期: '2021-05-24', 质保月数: '24', 中小企业: '否', 交付物: '软件、文档',
    }],
    付款条款: terms.map(([条款, 条件, 比例, 金额]) => ({ 合同编号: 'CL-2021-010', 条款, 条件, 比例, 金额 })),
    里程碑: [{ 序号: '1', 编号: '1', 名称: '系统开发', 计划日期: '2021-09-30', 完成日期: '2021-10-08' }],
    支付: terms.map(([条款, , , 金额], i) => ({ 合同编号: 'CL-2021-010', 条款, 支付凭证号: `2021-ZF-010-${i + 1}`, 发票号: `FP-010-${i + 1}`, 金额, 支付日期: `2022-02-1${i + 1}` })),
  })

/** Fills in the dialog that asks why. */
async function because(page, reason) {
  await page.locator('dialog #why').fill(reason)
  await page.locator('dialog button.p').click()
  await page.locator('dialog #why').waitFor({ state: 'hidden' })
}

async function pick(page, reviewed) {
  await page.goto('/running')
  await page.locator('#running-file').setInputFiles({ name: '存量.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: book(reviewed) })
  await page.locator('[data-test=running-plan]').waitFor()
}

async function send(page) {
  await page.locator('[data-test=send]').click()
  await because(page, '移交 2021 年底项目，清单经项目科核对')
  await page.waitForURL(/\/running\/\d+$/)
}

mkdirSync(shots, { recursive: true })
const platform = await startPlatform()
const browser = await launch()
try {
  const { people } = await (await fetch(`${platform.url}/api/v1/people`)).json()
  const holder = (post) => people.find((p) => p.posts.some((x) => x.id === post))?.id
  const as = (post) => new Person(browser, platform.url, holder(post), watch).signIn()

  const asker = await as('BUREAU_ACCEPT@DP34')
  await pick(asker.page, '405000.00')
  await asker.page.locator('[data-test=refused]').getByText('明细核定合计').waitFor()
  assert.equal(await asker.page.locator('[data-test=send]').count(), 0, 'what does not add up is not sent')
  await look(asker.page, 'wrong')
  await pick(asker.page, '406000.00')
  await send(asker.page)
  await asker.page.locator('[data-test=withdraw]').click()
  await because(asker.page, '少了一张验收报告，补上再送')
  await asker.page.getByText('导入人已撤回').waitFor()
  await look(asker.page, 'withdrawn')
  await pick(asker.page, '406000.00')
  await send(asker.page)
  const waiting = new URL(asker.page.url()).pathname
  assert.equal(await asker.page.locator('[data-test=accept]').count(), 0, 'who asks takes nothing in')
  await asker.leave()

  const chief = await as('BUREAU_CHIEF@DP34')
  await chief.page.goto(waiting)
  await chief.page.locator('[data-test=accept]').click()
  await chief.page.getByText('已签收').first().waitFor()
  await look(chief.page, 'taken')
  const { items } = await chief.get('/api/v1/projects')
  assert.deepEqual(items.map((p) => p.name), ['热线升级'])
  await chief.leave()
  assert.deepEqual(troubles, [])
} catch (error) {
  console.error(platform.log().slice(-4000))
  throw error
} finally {
  await browser.close()
  await platform.stop()
}
