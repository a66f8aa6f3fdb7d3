export default {
  absence: {
    title: '我的代理', set: '请人代', from: '从', to: '到', hours: '首日 08:00 起，末日 17:30 止', who: '谁来代', nobody: '本单位没有别的同事', inHand: '手上 {n} 件', cannot: '不能：',
    cap: '金额上限（元）', noCap: '不限', reason: '原因', save: '设为代理', saved: '代理已设，对方已收到通知', list: '代理', none: '没有设过代理。',
    after: '期内新到的，代理人和您都看得到，谁先动手归谁办完；签名印两个人。代理人不能再转给别人代。到期没动过的退回您名下，期限不重算。已在手上的不受影响。',
    line: '{deputy}代{principal}', states: { coming: '未开始', now: '进行中', over: '已结束' }, capped: '限 {cap} 元以内', end: '提前收回', endReason: '原因',
  },
  handover: {
    title: '离岗交接', head: '{name}手上有 {n} 件事要交出去', none: '{name}手上没有只能由他办的事，可以直接离岗', choose: '谁要离岗或换岗', waiting: '等复核的交接', mine: '您提的交接，须由第二人复核', until: '{when}前未复核即作罢',
    asks: '{who} 申请交接{person}的 {n} 件事', matter: '事项', task: '环节', due: '期限', to: '交给', back: '退回本组，由其他人领办', nobody: '没有可以接的人，请先补岗位', reason: '交接原因', ask: '提请复核', asked: '已提请复核，复核同意后逐件交接',
    confirm: '复核同意', refuse: '复核不同意', done: '已交接 {n} 件', refused: '已退回交接申请', past: '以往的交接', states: { waiting: '等复核', confirmed: '已交接', refused: '已退回', expired: '逾期未复核' },
    moved: '已交给{to}', ends: '终止，由负责人另行安排', ended: '已终止', returned: '已退回本组', stays: '没有交出：{why}', seat: '第 {n} 席', rule: '每件的接收人由系统按岗位、单位和手上件数排出，只列能办这件事的人；复核人不能是提请人、离岗人或接收人。',
  },
}
