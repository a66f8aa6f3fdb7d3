import type { Messages } from '..'
import account from './account'
import cases from './cases'
import common from './common'
import office from './office'
import projects from './projects'
import tasks from './tasks'

const en: Messages = { ...account, ...common, ...tasks, ...projects, ...office, ...cases }

export default en
