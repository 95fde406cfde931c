import { parseArgs } from 'node:util'
import { toErrorPayload } from '../../../contract/errors.ts'
import { installNativeEngine, verifyNativeEngine } from './install.ts'

/**
 * The installation as a program: `main.ts [--wheel FILE] [--verify]` prints one JSON line for each step of progress,
 * and a last one, `{folder}` or `{error}`; the exit status is 1 on an error.
 */
const { values } = parseArgs({ options: { wheel: { type: 'string' }, verify: { type: 'boolean' } } })
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
try {
  if (values.verify) {
    const problem = await verifyNativeEngine()
    print({ problem })
    if (problem) process.exitCode = 1
  } else {
    print({ folder: await installNativeEngine({ wheel: values.wheel ?? null, onProgress: print }) })
  }
} catch (error) {
  print({ error: toErrorPayload(error) })
  process.exitCode = 1
}
