import type { Messages } from '..'
import cases from './cases'
import common from './common'
import office from './office'
import papers from './papers'
import projects from './projects'
import tasks from './tasks'

const en: Messages = { ...common, ...tasks, ...papers, ...projects, ...office, ...cases }

export default en
