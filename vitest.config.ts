import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/e2e/**', 'node_modules/**'],
    // TensorFlow's binding belongs to one process: threads would share it.
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
