/**
 * Addresses of the screens. They live behind the #, so any file server can hand the console out and a
 * link survives being passed on. Nobody sees a screen without a session.
 */
import { createRouter, createWebHashHistory } from 'vue-router'
import { ApiProblem } from './api/client.ts'
import SignInScreen from './console/SignInScreen.vue'
import { ofFirm, refreshSession, session } from './stores/session.ts'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/sign-in', name: 'sign-in', component: SignInScreen, meta: { open: true } },
    {
      path: '/q/:token',
      name: 'scan',
      component: () => import('./phone/ScanScreen.vue'),
      props: true,
      meta: { open: true },
    },
    {
      path: '/',
      component: () => import('./console/Shell.vue'),
      children: [
        { path: '', redirect: { name: 'map' } },
        {
          path: 'map',
          name: 'map',
          component: () => import('./console/MapScreen.vue'),
          meta: { needsDistrict: true, right: 'registry.read' },
        },
        {
          path: 'tasks',
          name: 'tasks',
          component: () => import('./console/TasksScreen.vue'),
          meta: { right: 'survey.load' },
        },
        {
          path: 'contractors',
          name: 'contractors',
          component: () => import('./console/ContractorsScreen.vue'),
          meta: { needsDistrict: true, right: 'survey.commission' },
        },
        {
          path: 'survey',
          name: 'survey',
          component: () => import('./console/SurveyScreen.vue'),
          meta: { right: 'survey.read' },
        },
        {
          path: 'survey/new',
          name: 'survey-new',
          component: () => import('./console/NewDeliveryScreen.vue'),
          meta: { right: 'survey.load' },
        },
        {
          path: 'survey/versions',
          name: 'versions',
          component: () => import('./console/VersionsScreen.vue'),
          meta: { needsDistrict: true, right: 'survey.read' },
        },
        {
          path: 'survey/settlement',
          name: 'settlement',
          component: () => import('./console/SettlementScreen.vue'),
          meta: { needsDistrict: true, right: 'survey.read' },
        },
        {
          path: 'survey/:id/acceptance',
          name: 'acceptance',
          component: () => import('./console/AcceptanceScreen.vue'),
          meta: { needsDistrict: true, right: 'survey.read' },
          props: true,
        },
        {
          path: 'survey/rules',
          name: 'rules',
          component: () => import('./console/RulesScreen.vue'),
          meta: { needsDistrict: true, right: 'survey.read' },
        },
        {
          path: 'survey/:id',
          name: 'delivery',
          component: () => import('./console/DeliveryScreen.vue'),
          meta: { right: 'survey.read' },
          props: true,
        },
        {
          path: 'upkeep',
          name: 'upkeep',
          component: () => import('./console/UpkeepScreen.vue'),
          meta: { needsDistrict: true, right: 'registry.propose' },
        },
        {
          path: 'upkeep/reports',
          name: 'reports',
          component: () => import('./console/ReportsScreen.vue'),
          meta: { needsDistrict: true, right: 'registry.propose' },
        },
        {
          path: 'upkeep/handovers',
          name: 'handovers',
          component: () => import('./console/HandoversScreen.vue'),
          meta: { needsDistrict: true, right: 'registry.propose' },
        },
        {
          path: 'upkeep/plates',
          name: 'plates',
          component: () => import('./console/PlatesScreen.vue'),
          meta: { needsDistrict: true, right: 'registry.propose' },
        },
        { path: ':rest(.*)*', name: 'nowhere', component: () => import('./console/NowhereScreen.vue') },
      ],
    },
  ],
})

router.beforeEach(async to => {
  if (session.state === 'unknown') {
    try {
      await refreshSession()
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error // without a server the sign-in page says so
    }
  }
  const inside = session.state === 'open' && !session.account?.mustChangePassword
  if (!inside && !to.meta.open)
    return { name: 'sign-in', query: to.fullPath === '/map' ? {} : { to: to.fullPath } }
  // a contractor begins at the tasks, unless the map itself was asked for
  if (inside && to.name === 'map' && to.redirectedFrom?.path === '/' && ofFirm()) return { name: 'tasks' }
  return true
})
