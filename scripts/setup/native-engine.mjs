import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  nativeAddonProblem,
  nativeAddons,
  nativeEngineFolder,
  nativeEngineProblem,
  nativeEnginesFolder,
  readNativeAddonRecord,
} from '../../src/trainer/engines/native-installation/location.mjs'
import { checkout } from './checkout.mjs'
import { startStep } from './progress.mjs'
import { environmentOf } from './runtime.mjs'

const stepNames = {
  downloading: 'downloading TensorFlow (about 270 MB)',
  checking: 'checking its SHA-256',
  unpacking: 'unpacking its libraries',
  compiling: 'compiling the binding',
  loading: 'trying it',
}

/** After a failure, commands go on with the next engine for this long before they try again. */
const patienceMs = 60 * 60 * 1000

/** Whether there is nothing to do: the engine stands, or its set-up failed a moment ago and was not asked for again. */
export function nativeEngineSettled() {
  return nativeEngineProblem() === null ? addonsSettled({ retry: false }) : failedAMomentAgo()
}

/**
 * Sets up the native engine where it is missing. A failure is told and is no error: the next engine is used.
 * @param {string} node the Node to run the installation
 * @param {{ retry?: boolean }} options retry: also where the last try failed a moment ago
 * @returns {Promise<boolean>} whether the native engine stands
 */
export async function ensureNativeEngine(node, { retry = false } = {}) {
  if (nativeEngineProblem() === null) {
    if (!addonsSettled({ retry })) await completeAddons(node)
    return true
  }
  const step = startStep('Native engine')
  if (!nativeEngineFolder()) {
    step.fail(`${nativeEngineProblem()}; the next engine is used (see thaw doctor)`)
    return false
  }
  if (!retry && failedAMomentAgo()) return false
  const { folder, reason } = await install(node, step)
  if (folder) {
    rmSync(failurePath(), { force: true })
    step.done(folder)
    return true
  }
  mkdirSync(nativeEnginesFolder(), { recursive: true })
  writeFileSync(failurePath(), JSON.stringify({ reason, atMs: Date.now() }))
  step.fail(`${reason} The next engine is used until then (see thaw doctor).`)
  return false
}

/** An engine that an earlier version set up lacks the addons of this one: they are compiled beside it, without a download. */
async function completeAddons(node) {
  const step = startStep('Native addons')
  const { reason } = await install(node, step)
  const problem = reason ?? nativeAddons.map(nativeAddonProblem).find((each) => each !== null)
  if (problem) step.fail(`${problem}. Thaw goes on without, more slowly.`)
  else step.done(nativeEngineFolder())
}

function addonsSettled({ retry }) {
  return nativeAddons.every((addon) => {
    if (nativeAddonProblem(addon) === null) return true
    const record = readNativeAddonRecord(nativeEngineFolder(), addon)
    return !retry && record?.problem != null && Date.now() - record.atMs < patienceMs
  })
}

function install(node, step) {
  return new Promise((resolve) => {
    const program = join(checkout, 'src/trainer/engines/native-installation/main.ts')
    const child = spawn(node, [program], { stdio: ['ignore', 'pipe', 'pipe'], env: environmentOf(node) })
    let rest = ''
    let errors = ''
    let answer = null
    child.stderr.setEncoding('utf8').on('data', (text) => (errors += text))
    child.stdout.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const message = JSON.parse(line)
        if (message.step) step.update(message.fraction, stepNames[message.step])
        else if (message.folder) answer = { folder: message.folder, reason: null }
        else if (message.error) answer = { folder: null, reason: message.error.message }
      }
    })
    child.on('error', (error) => resolve({ folder: null, reason: error.message }))
    child.on('close', (code, signal) => {
      const last = errors.trim().split('\n').at(-1)
      resolve(answer ?? { folder: null, reason: `the set-up ended with ${signal ?? code}. ${last}` })
    })
  })
}

function failurePath() {
  return `${nativeEngineFolder()}.failure.json`
}

function failedAMomentAgo() {
  if (!nativeEngineFolder()) return true
  try {
    return Date.now() - JSON.parse(readFileSync(failurePath(), 'utf8')).atMs < patienceMs
  } catch {
    return false
  }
}
