import { createRouter, createWebHashHistory } from 'vue-router'

/** Hash routes: the same in Electron's own protocol and on the local server. */
export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', name: 'start', component: () => import('./pages/start/StartPage.vue') },
    {
      path: '/p/:projectId',
      component: () => import('./components/ProjectShell.vue'),
      props: true,
      children: [
        { path: '', redirect: (to) => ({ name: 'images', params: to.params }) },
        { path: 'images', name: 'images', component: () => import('./pages/images/ImagesPage.vue') },
        {
          path: 'hygiene/:kind?',
          name: 'hygiene',
          component: () => import('./pages/hygiene/HygienePage.vue'),
          props: true,
        },
        {
          path: 'suspects',
          name: 'suspects',
          component: () => import('./pages/suspects/SuspectsPage.vue'),
          props: true,
        },
        { path: 'map', name: 'map', component: () => import('./pages/map/MapPage.vue') },
        { path: 'train', name: 'train', component: () => import('./pages/train/TrainPage.vue') },
        { path: 'runs', name: 'runs', component: () => import('./pages/runs/RunsPage.vue') },
        { path: 'compare', name: 'compare', component: () => import('./pages/compare/ComparePage.vue') },
        { path: 'runs/:runId', name: 'run', component: () => import('./pages/run/RunPage.vue'), props: true },
        { path: 'predict', name: 'predict', component: () => import('./pages/predict/PredictPage.vue') },
        {
          path: 'backbones',
          name: 'backbones',
          component: () => import('./pages/backbones/BackbonesPage.vue'),
        },
        { path: 'storage', name: 'storage', component: () => import('./pages/storage/StoragePage.vue') },
        {
          path: 'shortcuts',
          name: 'shortcuts',
          component: () => import('./pages/shortcuts/ShortcutsPage.vue'),
        },
      ],
    },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})
