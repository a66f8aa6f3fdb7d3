// Runs before the first paint, so that a dark page never flashes white.
(function () {
  var chosen = localStorage.getItem('qc.theme')
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  if (localStorage.getItem('qc.large') === '1') document.documentElement.dataset.text = 'large'
  document.documentElement.lang = localStorage.getItem('qc.lang') || 'zh-CN'
})()
