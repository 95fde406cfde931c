/** The import table of ARCHITECTURE.md, as rules. A layer may import itself and what its row lists; nothing else. */
const layers = {
  contract: { layers: [], packages: ['zod'] },
  models: { layers: ['contract'], packages: [] },
  metrics: { layers: ['contract', 'models'], packages: [] },
  reports: { layers: ['contract', 'models', 'metrics'], packages: [] },
  imaging: { layers: ['contract', 'models'], packages: ['sharp'] },
  ml: { layers: ['contract', 'models', 'metrics'], packages: ['@tensorflow/tfjs-core'] },
  trainer: {
    layers: ['ml', 'models', 'metrics', 'imaging', 'contract'],
    packages: ['@tensorflow/[^/]+', 'webgpu', 'zod'],
  },
  core: {
    layers: ['models', 'metrics', 'reports', 'imaging', 'contract'],
    packages: ['better-sqlite3', 'kysely', 'birpc', 'pino', 'zod', 'h5wasm', 'yauzl', 'umap-js'],
  },
  main: { layers: ['core', 'contract'], packages: ['electron', 'pino'] },
  headless: {
    layers: ['core', 'contract'],
    packages: ['hono', '@hono/node-server', 'ws', 'commander', 'pino', 'zod', 'birpc'],
  },
  preload: { layers: ['contract'], packages: ['electron'] },
  renderer: {
    layers: ['contract', 'models', 'metrics', 'reports'],
    packages: [
      'vue',
      'pinia',
      'vue-router',
      'vue-i18n',
      'chart.js',
      'vue-chartjs',
      'chartjs-plugin-zoom',
      'reka-ui',
      '@tanstack/vue-virtual',
      'tinykeys',
      'vue-sonner',
      'birpc',
      'zod',
      'tailwindcss',
      '@iconify-json/lucide',
    ],
  },
}
const nodeBuiltinsAllowed = ['imaging', 'ml', 'trainer', 'core', 'main', 'headless']

const forbidden = [
  {
    name: 'no-circular',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'no-unresolvable',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: ['^~icons/', '^virtual:'] },
  },
]
for (const [layer, allowed] of Object.entries(layers)) {
  const own = [layer, ...allowed.layers].join('|')
  forbidden.push({
    name: `${layer}-imports-layers-of-its-row`,
    severity: 'error',
    from: { path: `^src/${layer}/` },
    to: { path: '^src/', pathNot: `^src/(${own})/` },
  })
  forbidden.push({
    name: `${layer}-imports-packages-of-its-row`,
    severity: 'error',
    from: { path: `^src/${layer}/` },
    to: {
      path: 'node_modules',
      pathNot: allowed.packages.length ? `node_modules/(@types/)?(${allowed.packages.join('|')})/` : '^$',
    },
  })
  if (!nodeBuiltinsAllowed.includes(layer)) {
    forbidden.push({
      name: `${layer}-uses-no-node`,
      severity: 'error',
      from: { path: `^src/${layer}/` },
      to: { dependencyTypes: ['core'] },
    })
  }
}

module.exports = {
  forbidden,
  options: {
    doNotFollow: { path: 'node_modules' },
    // Builds the renderer; not part of it.
    exclude: { path: '^src/renderer/vite\\.config\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.vue', '.js', '.mjs', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
