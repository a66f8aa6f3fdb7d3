export default {
  account: {
    title: '我的账号', name: '登录名', password: '口令', enter: '登录', with: '用{name}登录', or: '或者', byPassword: '用登录名和口令进入', demoBelow: '演示人员',
    hint: '第一次来：用安全管理员给的一次性口令当口令。错几次只锁这台机器上的这个账号。',
    steps: { code: '第二道验证', password: '自己的口令', factor: '设第二道验证' },
    codeHead: '再验一次就进来', codeHelp: '填手机验证器现在显示的 6 位；手机不在身边就填一个恢复码。', code: '验证码', verify: '验证',
    passwordHead: '设自己的口令', passwordHelp: '管理员也看不到。几个不相干的词连起来，又长又好记。', current: '现用口令', next: '新口令', again: '再输一遍', differ: '两遍不一样', set: '设为口令',
    rules: { length: '{n} 位以上', classes: '小写、大写、数字、符号里要 {n} 类', history: '和最近 {n} 次都不同', name: '别含姓名和登录名' },
    factorHead: '再加第二道验证就能进', factorHelp: '手机上打开任一验证器，扫码或输入密钥，再填它显示的 6 位。', key: '密钥', confirm: '验证，去拿恢复码',
    codesHead: '收好 {n} 个恢复码，只显示这一次', codesHelp: '手机丢了就用其中一个，每个只能用一次。打印或抄下来，别存在这台电脑上。', kept: '我已收好', go: '进入全程', print: '打印',
    sessions: '我登录在这些地方', thisOne: '本机', end: '退出', endOthers: '退出其他全部', none: '只有这里。', seen: '最近 {at}',
    factorSet: '第二道验证已设，还有 {n} 个恢复码', factorNone: '没有第二道验证', factorNew: '设第二道验证', expires: '口令 {at} 到期', change: '改口令', changed: '口令已改，其他地方已退出',
  },
  admin: {
    title: '账号', head: '{n} 个账号', open: '{n} 件申请待办', find: '姓名或登录名', state: '状态', anyState: '所有状态', inactive: '未启用', active: '启用', left: '已停用', locked: '锁定 {n} 处', factor: '有第二道验证', noFactor: '无第二道验证',
    create: '新建账号', id: '登录名', name: '姓名', activate: '启用', disable: '停用', unlock: '解锁', signOut: '全部退出', code: '发一次性口令', factorReset: '申请重置第二道验证', reason: '理由', cancel: '不做了', sure: '{act}：{name}',
    why: '为什么能做', byRequest: '第 {n} 号申请', requests: '申请', noRequests: '没有待办的申请。', grant: '同意', refuse: '不同意',
    policies: '登录参数', save: '保存', saved: '参数已保存', sets: '岗位能做什么', own: '县里自设', noPosts: '没有岗位',
  },
  audit: {
    title: '审计', head: '最近 {n} 条', broken: '审计链断了：{chain} 第 {seq} 条', intact: '{entries} 条一条不缺，链没断', verify: '验链', export: '导出', reason: '为什么导出', who: '谁', action: '动作', project: '项目', time: '时间', what: '做了什么', object: '对什么', why: '理由', more: '再看一些', empty: '没有符合的记录。', find: '查', noContent: '审计管理员只看谁、何时、做了什么，看不到内容。', week: '本周变更清单', sign: '签字', signed: '{who} 已签', changedSince: '签后有变', entries: '{n} 条变更', remark: '意见',
  },
}
