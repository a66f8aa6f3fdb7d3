import cases from './cases'
import checks from './checks'
import common from './common'
import office from './office'
import papers from './papers'
import projects from './projects'
import tasks from './tasks'

export default { ...common, ...tasks, ...projects, ...office, ...cases, ...papers, ...checks }
