#!/usr/bin/env node
import { listenForSignals } from './cli/interruption.ts'

listenForSignals()
// Only then what takes long to load.
const { runProgram } = await import('./cli/program.ts')
const exitStatus = await runProgram(process.argv.slice(2))
// Both are pipes or files at times, and those are written behind on some platforms.
await Promise.all([process.stdout, process.stderr].map(flushed))
process.exit(exitStatus)

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writableLength === 0 || stream.destroyed) resolve()
    else stream.write('', () => resolve())
  })
}
