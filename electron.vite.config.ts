import { fileURLToPath } from 'node:url'
import { defineConfig } from 'electron-vite'
import renderer from './src/renderer/vite.config.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * The shell: main process, core's utility process, preload, and the same interface as in a browser (not again where
 * THAW_SHELL_ONLY=1 says that it stands). Packages stay outside of the bundles; trainer and imaging are not bundled at
 * all, a Node of their own runs their sources.
 */
export default defineConfig({
  main: {
    build: {
      outDir: here('out/main'),
      rollupOptions: {
        input: { index: here('src/main/main.ts'), 'core-process': here('src/main/core-process.ts') },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: here('out/preload'),
      rollupOptions: {
        input: { preload: here('src/preload/preload.ts') },
        // A sandboxed preload is a script, not a module, and requires nothing but electron.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  ...(process.env.THAW_SHELL_ONLY !== '1' && {
    renderer: {
      ...renderer,
      build: { ...renderer.build, rollupOptions: { input: here('src/renderer/index.html') } },
    },
  }),
})
