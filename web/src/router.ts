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
    { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignIn.vue'), meta: { title: 'signIn.title', public: true } },
    { path: '/inbox', name: 'inbox', component: () => import('./pages/Inbox.vue'), meta: { title: 'nav.inbox' } },
    { path: '/tasks/:key', name: 'task', component: () => import('./pages/Task.vue'), props: (to) => ({ taskKey: to.params.key }), meta: { title: 'nav.task', print: 'task' } },
    { path: '/projects', name: 'projects', component: () => import('./pages/Projects.vue'), meta: { title: 'nav.projects' } },
    { path: '/projects/new', name: 'new-project', component: () => import('./pages/NewProject.vue'), meta: { title: 'application.new' } },
    { path: '/projects/:code', name: 'project', component: () => import('./pages/Project.vue'), props: true, meta: { title: 'nav.project', print: 'project' } },
    { path: '/projects/:code/application', name: 'application', component: () => import('./pages/Application.vue'), props: true, meta: { title: 'nav.application' } },
    { path: '/rectifications', name: 'rectifications', component: () => import('./pages/Rectifications.vue'), meta: { title: 'nav.rectifications' } },
    { path: '/rectifications/:no', name: 'rectification', component: () => import('./pages/Rectification.vue'), props: true, meta: { title: 'nav.rectification' } },
    { path: '/report', name: 'report', component: () => import('./pages/Report.vue'), meta: { title: 'nav.report' } },
    { path: '/cases/:key', name: 'case', component: () => import('./pages/Case.vue'), props: (to) => ({ caseKey: to.params.key }), meta: { title: 'case.title' } },
    { path: '/operations', name: 'operations', component: () => import('./pages/Operations.vue'), meta: { title: 'nav.operations' } },
    { path: '/:rest(.*)*', name: 'lost', component: () => import('./pages/Lost.vue'), meta: { title: 'lost.title' } },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
})

router.beforeEach(async (to) => {
  const session = useSession()
  if (to.meta.public) return true
  if (session.me ?? (await session.load().catch(() => undefined))) {
    // Administrators have no tasks: their first page is what runs.
    return to.name === 'inbox' && !session.may('task.read') ? { name: 'operations' } : true
  }
  return { name: 'sign-in', query: to.fullPath === '/inbox' ? {} : { to: to.fullPath } }
})
