import type { Messages } from '..'
import absence from './absence'
import account from './account'
import begin from './begin'
import cases from './cases'
import checks from './checks'
import common from './common'
import office from './office'
import papers from './papers'
import projects from './projects'
import tasks from './tasks'

const en: Messages = { ...absence, ...account, ...begin, ...cases, ...checks, ...common, ...office, ...papers, ...projects, ...tasks }

export default en
