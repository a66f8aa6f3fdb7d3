export default {
  line: {
    title: '与各局的连接', light: { green: '正常', yellow: '超过一个工作日没有消息', red: '超过三个工作日没有消息', dark: '还没有收到过消息' },
    dataUntil: '数据截至 {at}', heard: '最近一次消息 {at}', drift: '对方时钟相差 {n} 秒', refused: '一天内 {n} 条消息验签不通过', waiting: '{n} 件待送达，最早的从 {at} 起', seq: '流水号到 {n}',
    refusals: '未采信的消息', noBody: '只留摘要备查，内容不作数',
    files: '文件交换', filesHelp: '专线不通时，对方按日导出的事件文件连同 .sm3、.sig 一起交来，整份收下或整份不收。', pick: '选择三个文件', taken: '{name}：{events} 件，其中新的 {fresh} 件', again: '{name} 此前已经收过，没有变化', give: '导出当天给{partner}的文件', needThree: '请同时选中 .jsonl、.sm3、.sig 三个文件',
    brought: '收过的文件', events: '{n} 件，其中新的 {fresh} 件', months: '月度结账', matched: '相符 {n} 笔', open: '{n} 笔没有办结', closed: '{who} {at} 结账，说明情况的 {n} 笔', close: '结账', closeTitle: '{month} 与{partner}结账', closeHelp: '当月差异已全部办结后才能结账，结账后不再重开。', done: '{month} 已结账',
  },
  archived: {
    title: '档案', package: '下载归档包', held: '已保全', holdBasis: '{basis}，{who} {at}', lifted: '{at} 解除：{why}', versions: '移交后的更正', version: '第 {n} 版', of: '更正第 {no} 件', added: '补入', none: '移交后没有更正。',
    state: { waiting: '等复核', accepted: '已生效', refused: '未通过' }, ask: '提出更正', record: '哪一件', missing: '目录中缺的', what: '题名', file: '文件', askHelp: '原件不动，更正作为新的一版附在后面；须由科长或分管领导复核。', asked: '更正已提出，等复核', accept: '复核通过', refuse: '不通过', decided: '已复核',
    hold: '保全', holdTitle: '保全这份档案', holdHelp: '保全期间不得更正，由另一人解除。', basis: '依据（文号或案号）', lift: '解除保全', free: '已解除保全', needFile: '请先选文件',
  },
}
