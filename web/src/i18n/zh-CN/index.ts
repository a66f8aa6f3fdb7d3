import account from './account'
import cases from './cases'
import checks from './checks'
import common from './common'
import office from './office'
import papers from './papers'
import projects from './projects'
import tasks from './tasks'

export default { ...account, ...cases, ...checks, ...common, ...office, ...papers, ...projects, ...tasks }
