export default {
  evaluation: {
    title: '绩效评价', begin: '开始本年度评价', year: '{n} 年度', self: '自评 {n} 分', review: '复核 {n} 分', third: '{who}复评 {n} 分', indicators: '{n} 项指标', none: '还没有评价过',
    name: '指标', target: '目标', actual: '实际', source: '数据来源', score: '得分',
  },
}
