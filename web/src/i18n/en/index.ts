import type { Messages } from '..'
import absence from './absence'
import account from './account'
import begin from './begin'
import cases from './cases'
import checks from './checks'
import common from './common'
import office from './office'
import organisation from './organisation'
import papers from './papers'
import plan from './plan'
import projects from './projects'
import rulepack from './rulepack'
import tasks from './tasks'

const en: Messages = { ...absence, ...account, ...begin, ...cases, ...checks, ...common, ...office, ...organisation, ...papers, ...plan, ...projects, ...rulepack, ...tasks }

export default en
