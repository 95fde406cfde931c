#!/usr/bin/env node
// Starts on whatever Node runs it: sets up what is missing, then hands over to the Node that Thaw needs.
import { join } from 'node:path'
import { cacheFolder } from '../src/trainer/engines/native-installation/location.mjs'
import { checkout } from '../scripts/setup/checkout.mjs'
import { exitWithParent, handOver } from '../scripts/setup/hand-over.mjs'
import { ensureNativeEngine, nativeEngineSettled } from '../scripts/setup/native-engine.mjs'
import { findNode } from '../scripts/setup/runtime.mjs'

const commandLine = process.argv.slice(2)
/** Commands that compute; the others must not wait for a download they have no use for. */
const computing = new Set(['train', 'resume', 'embed', 'predict', 'evaluate', 'doctor', 'serve'])

try {
  const node = findNode()
  const command = commandLine.find((word) => !word.startsWith('-'))
  const asksForHelp = commandLine.some((word) => word === '--help' || word === '-h')
  if (process.env.THAW_SKIP_SETUP !== '1' && !asksForHelp) {
    const installs = commandLine.includes('--install')
    if (computing.has(command) && !installs && !nativeEngineSettled()) await ensureNativeEngine(node)
    if (command === 'serve') {
      const { buildRenderer } = await import('../scripts/setup/renderer.mjs')
      await buildRenderer(node)
    }
  }
  run(node)
} catch (error) {
  process.stderr.write(`thaw: ${error.message}\n`)
  process.exitCode = 1
}

function run(node) {
  const env = {
    ...process.env,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cacheFolder(), 'compiled'),
  }
  const program = join(checkout, 'src', 'headless', 'main.ts')
  handOver(node, [...exitWithParent, program, ...commandLine], { env })
}
