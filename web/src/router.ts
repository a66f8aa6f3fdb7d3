import { createRouter, createWebHistory } from 'vue-router'
import { useSession } from './stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** key of the page's name in the catalogue */
    title: string
    /** what the page is on paper */
    print?: string
    public?: boolean
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: '/inbox' },
    { path: '/sign-in', name: 'sign-in', component: () => import('./pages/shell/SignIn.vue'), meta: { title: 'signIn.title', public: true } },
    { path: '/sign-in/finish', name: 'finish-sign-in', component: () => import('./pages/shell/FinishSignIn.vue'), meta: { title: 'signIn.title', public: true } },
    { path: '/setup', name: 'setup', component: () => import('./pages/shell/Setup.vue'), meta: { title: 'setup.title', public: true } },
    { path: '/account', name: 'account', component: () => import('./pages/shell/Account.vue'), meta: { title: 'account.title' } },
    { path: '/absence', name: 'absence', component: () => import('./pages/shell/Absence.vue'), meta: { title: 'absence.title' } },
    { path: '/accounts', name: 'accounts', component: () => import('./pages/administration/Accounts.vue'), meta: { title: 'admin.title' } },
    { path: '/handover', name: 'handover', component: () => import('./pages/organisation/Handover.vue'), meta: { title: 'handover.title' } },
    { path: '/organisation', name: 'organisation', component: () => import('./pages/organisation/Organisation.vue'), meta: { title: 'organisation.title' } },
    { path: '/audit', name: 'audit', component: () => import('./pages/administration/Audit.vue'), meta: { title: 'audit.title' } },
    { path: '/inbox', name: 'inbox', component: () => import('./pages/inbox/Inbox.vue'), meta: { title: 'nav.inbox' } },
    { path: '/tasks/:key', name: 'task', component: () => import('./pages/task/Task.vue'), props: (to) => ({ taskKey: to.params.key }), meta: { title: 'nav.task', print: 'task' } },
    { path: '/projects', name: 'projects', component: () => import('./pages/project/Projects.vue'), meta: { title: 'nav.projects' } },
    { path: '/projects/new', name: 'new-project', component: () => import('./pages/application/NewProject.vue'), meta: { title: 'application.new' } },
    { path: '/inspections', name: 'inspections', component: () => import('./pages/project/Inspections.vue'), meta: { title: 'course.inspections' } },
    { path: '/running', name: 'running-imports', component: () => import('./pages/running/Running.vue'), meta: { title: 'running.title' } },
    { path: '/running/:id', name: 'running', component: () => import('./pages/running/Running.vue'), props: true, meta: { title: 'running.title' } },
    { path: '/plan', name: 'plan', component: () => import('./pages/project/Plan.vue'), meta: { title: 'plan.title' } },
    { path: '/projects/:code', name: 'project', component: () => import('./pages/project/Project.vue'), props: true, meta: { title: 'nav.project', print: 'project' } },
    { path: '/projects/:code/application', name: 'application', component: () => import('./pages/application/Application.vue'), props: true, meta: { title: 'nav.application' } },
    { path: '/projects/:code/packages', name: 'packages', component: () => import('./pages/contract/Packages.vue'), props: true, meta: { title: 'contracts.packages' } },
    { path: '/projects/:code/changes', name: 'changes', component: () => import('./pages/contract/Changes.vue'), props: true, meta: { title: 'changes.title' } },
    { path: '/documents/:id', name: 'paper', component: () => import('./pages/project/Paper.vue'), props: true, meta: { title: 'paper.title' } },
    { path: '/rectifications', name: 'rectifications', component: () => import('./pages/rectification/Rectifications.vue'), meta: { title: 'nav.rectifications' } },
    { path: '/rectifications/:no', name: 'rectification', component: () => import('./pages/rectification/Rectification.vue'), props: true, meta: { title: 'nav.rectification' } },
    { path: '/report', name: 'report', component: () => import('./pages/report/Report.vue'), meta: { title: 'nav.report' } },
    { path: '/cases', name: 'cases', component: () => import('./pages/case/Cases.vue'), meta: { title: 'cases.title' } },
    { path: '/cases/:key/operate', name: 'operate', component: () => import('./pages/case/Operate.vue'), props: (to) => ({ caseKey: to.params.key }), meta: { title: 'cases.title' } },
    { path: '/reports', name: 'reports', component: () => import('./pages/report/Reports.vue'), meta: { title: 'reportEdit.snapshots' } },
    { path: '/reports/:snapshot', name: 'report-edit', component: () => import('./pages/report/ReportEdit.vue'), props: true, meta: { title: 'reportEdit.edit' } },
    { path: '/stuck', name: 'stuck', component: () => import('./pages/stuck/Stuck.vue'), meta: { title: 'stuck.title' } },
    { path: '/stuck/:no', name: 'stuck-case', component: () => import('./pages/stuck/Stuck.vue'), props: true, meta: { title: 'stuck.title' } },
    { path: '/cases/:key', name: 'case', component: () => import('./pages/case/Case.vue'), props: (to) => ({ caseKey: to.params.key }), meta: { title: 'case.title' } },
    { path: '/begin', name: 'begin', component: () => import('./pages/begin/Begin.vue'), meta: { title: 'begin.title' } },
    { path: '/begin/:process', name: 'begin-form', component: () => import('./pages/begin/BeginForm.vue'), props: (to) => ({ process: to.params.process, draft: typeof to.query.draft === 'string' ? to.query.draft : undefined }), meta: { title: 'begin.title' } },
    { path: '/matters/:key', name: 'matter', component: () => import('./pages/begin/Matter.vue'), props: (to) => ({ caseKey: to.params.key }), meta: { title: 'begin.mine' } },
    { path: '/registers', name: 'registers', component: () => import('./pages/register/Registers.vue'), meta: { title: 'register.title' } },
    { path: '/registers/indicators/board', name: 'indicators', component: () => import('./pages/register/Indicators.vue'), meta: { title: 'indicator.title' } },
    { path: '/registers/:id', name: 'register', component: () => import('./pages/register/Register.vue'), props: true, meta: { title: 'register.title' } },
    { path: '/service-items', name: 'service-items', component: () => import('./pages/service/ServiceItems.vue'), meta: { title: 'service.title' } },
    { path: '/campaigns', name: 'campaigns', component: () => import('./pages/campaign/Campaigns.vue'), meta: { title: 'campaign.title' } },
    { path: '/campaigns/:id', name: 'campaign', component: () => import('./pages/campaign/Campaign.vue'), props: true, meta: { title: 'campaign.title' } },
    { path: '/campaigns/:id/walk', name: 'walk', component: () => import('./pages/campaign/Walk.vue'), props: true, meta: { title: 'walk.title' } },
    { path: '/calendar', name: 'calendar', component: () => import('./pages/administration/Calendar.vue'), meta: { title: 'clock.calendar' } },
    { path: '/privacy', name: 'privacy', component: () => import('./pages/administration/Privacy.vue'), meta: { title: 'privacy.title' } },
    { path: '/seconds', name: 'seconds', component: () => import('./pages/administration/Seconds.vue'), meta: { title: 'seconds.title' } },
    { path: '/rulepacks', name: 'rulepacks', component: () => import('./pages/rulepack/RulePacks.vue'), meta: { title: 'rulepack.title' } },
    { path: '/rulepacks/:id', name: 'rulepack', component: () => import('./pages/rulepack/RulePacks.vue'), props: true, meta: { title: 'rulepack.title' } },
    { path: '/search', name: 'search', component: () => import('./pages/find/Search.vue'), meta: { title: 'find.title' } },
    { path: '/notices', name: 'notices', component: () => import('./pages/notices/Notices.vue'), meta: { title: 'notices.title' } },
    { path: '/operations', name: 'operations', component: () => import('./pages/operations/Operations.vue'), meta: { title: 'nav.operations' } },
    { path: '/:rest(.*)*', name: 'lost', component: () => import('./pages/shell/Lost.vue'), meta: { title: 'lost.title' } },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
})

router.beforeEach(async (to) => {
  const session = useSession()
  if (to.name === 'finish-sign-in' && !session.me) await session.load().catch(() => undefined)
  if (to.meta.public) return true
  if (session.me ?? (await session.load().catch(() => undefined))) {
    if (session.me?.pending?.length) return { name: 'finish-sign-in', query: { to: to.fullPath } }
    // Administrators have no tasks: their first page is what they administer.
    if (to.name !== 'inbox' || session.may('task.read')) return true
    if (session.may('rulepack.rehearse')) return { name: 'rulepacks' }
    if (session.may('privacy.read')) return { name: 'privacy' }
    return { name: session.may('account.list') ? (session.may('audit.read') ? 'audit' : 'accounts') : 'operations' }
  }
  return { name: 'sign-in', query: to.fullPath === '/inbox' ? {} : { to: to.fullPath } }
})
