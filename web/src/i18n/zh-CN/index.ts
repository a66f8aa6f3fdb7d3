import begin from './begin'
import cases from './cases'
import checks from './checks'
import common from './common'
import office from './office'
import projects from './projects'
import tasks from './tasks'

export default { ...common, ...tasks, ...projects, ...office, ...cases, ...checks, ...begin }
