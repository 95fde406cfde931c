import { createRouter, createWebHashHistory } from 'vue-router'
import { loadAgain } from './load-again.ts'

/** Hash routes: the same in Electron's own protocol and on the local server. */
export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', name: 'start', component: loadAgain(() => import('./pages/start/StartPage.vue')) },
    {
      path: '/p/:projectId',
      component: loadAgain(() => import('./components/ProjectShell.vue')),
      props: true,
      children: [
        { path: '', redirect: (to) => ({ name: 'images', params: to.params }) },
        {
          path: 'images',
          name: 'images',
          component: loadAgain(() => import('./pages/images/ImagesPage.vue')),
        },
        {
          path: 'hygiene/:kind?',
          name: 'hygiene',
          component: loadAgain(() => import('./pages/hygiene/HygienePage.vue')),
          props: true,
        },
        {
          path: 'suspects',
          name: 'suspects',
          component: loadAgain(() => import('./pages/suspects/SuspectsPage.vue')),
          props: true,
        },
        { path: 'map', name: 'map', component: loadAgain(() => import('./pages/map/MapPage.vue')) },
        { path: 'train', name: 'train', component: loadAgain(() => import('./pages/train/TrainPage.vue')) },
        { path: 'runs', name: 'runs', component: loadAgain(() => import('./pages/runs/RunsPage.vue')) },
        {
          path: 'compare',
          name: 'compare',
          component: loadAgain(() => import('./pages/compare/ComparePage.vue')),
        },
        {
          path: 'runs/:runId',
          name: 'run',
          component: loadAgain(() => import('./pages/run/RunPage.vue')),
          props: true,
        },
        {
          path: 'predict',
          name: 'predict',
          component: loadAgain(() => import('./pages/predict/PredictPage.vue')),
        },
        {
          path: 'backbones',
          name: 'backbones',
          component: loadAgain(() => import('./pages/backbones/BackbonesPage.vue')),
        },
        {
          path: 'storage',
          name: 'storage',
          component: loadAgain(() => import('./pages/storage/StoragePage.vue')),
        },
        {
          path: 'shortcuts',
          name: 'shortcuts',
          component: loadAgain(() => import('./pages/shortcuts/ShortcutsPage.vue')),
        },
      ],
    },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})
