import type { Messages } from '..'
import absence from './absence'
import account from './account'
import begin from './begin'
import campaign from './campaign'
import cases from './cases'
import checks from './checks'
import common from './common'
import office from './office'
import organisation from './organisation'
import papers from './papers'
import plan from './plan'
import projects from './projects'
import registers from './registers'
import rulepack from './rulepack'
import recheck from './recheck'
import reportEdit from './reportEdit'
import stuck from './stuck'
import tasks from './tasks'

const en: Messages = { ...absence, ...account, ...begin, ...campaign, ...cases, ...checks, ...common, ...office, ...organisation, ...papers, ...plan, ...projects, ...registers, ...rulepack, ...recheck, ...reportEdit, ...stuck, ...tasks }

export default en
