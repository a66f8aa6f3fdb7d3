import type { Messages } from '..'
import absence from './absence'
import account from './account'
import begin from './begin'
import campaign from './campaign'
import cases from './cases'
import checks from './checks'
import common from './common'
import course from './course'
import find from './find'
import office from './office'
import organisation from './organisation'
import papers from './papers'
import plan from './plan'
import projects from './projects'
import registers from './registers'
import rulepack from './rulepack'
import reportEdit from './reportEdit'
import stuck from './stuck'
import tasks from './tasks'

const en: Messages = { ...absence, ...account, ...begin, ...campaign, ...cases, ...checks, ...common, ...course, ...find, ...office, ...organisation, ...papers, ...plan, ...projects, ...registers, ...reportEdit, ...rulepack, ...stuck, ...tasks }

export default en
