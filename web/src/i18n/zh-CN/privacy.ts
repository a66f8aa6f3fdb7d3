/** Personal data: the inventory, what is due, holds and lists. */
export default {
  privacy: {
    title: '个人信息', head: '收集了谁的什么，存多久', whose: '谁的', what: '哪些', why: '用来做什么', guard: '怎么保护', keep: '存多久', count: '现有', people: '{n} 人', due: '到期 {n}', held: '冻结 {n}',
    waiting: '等第二人确认', past: '以往的清单', dueHead: '办结或离开满 {years} 年（{on} 及以前），到期应删', dueNone: '没有到期的个人信息', total: '共 {n} 项，每份清单最多 500 项',
    eraseHelp: '群众的姓名、电话和反映内容，离开人员的号码和登录方式，专家的任职经历会删掉；签过的字、办过的事照旧保留。档案员或科长确认后才删，删了不能恢复。',
    ask: '提请删除', asked: '已提请，等档案员或科长确认', cutoff: '{on} 及以前办结的 {n} 项', until: '{when} 前未确认即作罢', asks: '{who} 提请删除个人信息', asksLift: '{who} 提请解除冻结：{name}',
    confirm: '确认', refuse: '不同意', state: { waiting: '等确认', done: '已办', refused: '已退回', expired: '逾期作罢' }, outcome: { erased: '已删除', held: '已冻结，未删', changed: '情况有变，未删' },
    kind: { citizen: '群众反映', left: '已离开人员', expert: '离库专家' }, item: '{name}（{kind}，{on}）',
    look: '查看号码', lookHelp: '号码平时打码。一个人一天最多看 20 人的；再多先提请第二人确认，确认后 4 小时内可看，同时告知审计管理员。每次查看都留痕。', lookWho: '看谁的（账号，空格或换行分开）', lookWhat: '看哪个号码', number: { mobile: '手机号', idno: '身份证号' }, lookShow: '显示', lookAsk: '提请确认', asksReveal: '{who} 提请查看下列人员的号码',
    holds: '冻结（到期也不删）', holdsNone: '没有冻结', holdHelp: '法院、纪检、审计等还要用的，先冻结。一个人就能冻结，解除要两个人。', holdKind: { stuck: '群众反映（编号）', person: '人员（账号）', unit: '单位（编号）' }, holdWhat: '冻结什么', ref: '编号或账号', basis: '依据（函件、案号）', reason: '原因', hold: '冻结', lift: '提请解除', lifted: '{when} 已解除', since: '{who} {when} 冻结 · {basis} · {reason}',
  },
}
