export default {
  absence: {
    title: '我的代理', set: '请人代', from: '从', to: '到', hours: '首日 08:00 起，末日 17:30 止', who: '谁来代', nobody: '本单位没有别的同事', inHand: '手上 {n} 件', cannot: '不能：',
    cap: '金额上限（元）', noCap: '不限', reason: '原因', save: '设为代理', saved: '代理已设，对方已收到通知', list: '代理', none: '没有设过代理。',
    after: '期内新到的，代理人和您都看得到，谁先动手归谁办完；签名印两个人。代理人不能再转给别人代。到期没动过的退回您名下，期限不重算。已在手上的不受影响。',
    line: '{deputy}代{principal}', states: { coming: '未开始', now: '进行中', over: '已结束' }, capped: '限 {cap} 元以内', end: '提前收回', endReason: '原因',
  },
}
