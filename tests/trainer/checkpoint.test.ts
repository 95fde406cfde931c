import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { trainPlanSchema } from '../../src/contract/train-plan.ts'
import {
  checkpointFolder,
  listCheckpoints,
  readCheckpoint,
  writeCheckpoint,
  type Checkpoint,
} from '../../src/trainer/checkpoint.ts'

let runFolder: string
beforeEach(() => (runFolder = mkdtempSync(join(tmpdir(), 'thaw-run-'))))
afterEach(() => rmSync(runFolder, { recursive: true, force: true }))

function checkpointOf(epoch: number, length = 6): Checkpoint {
  const values = Float32Array.from({ length }, (_, index) => epoch + index / 8)
  const tensor = { shape: [2, length / 2], values }
  return {
    state: {
      plan: trainPlanSchema.parse({}),
      classes: ['ant', 'bee'],
      backboneSha256: null,
      orderSha256: 'f'.repeat(64),
      phase: 0,
      phaseStart: 0,
      patienceFrom: 0,
      step: epoch * 10,
      epochs: Array.from({ length: epoch }, (_, index) => ({
        epoch: index + 1,
        loss: 0.5,
        accuracy: 0.5,
        valLoss: null,
        valAccuracy: null,
        learningRate: 0.001,
        seconds: 0.1,
      })),
      bestEpoch: 1,
    },
    parameters: new Map([['head.logits/kernel', tensor]]),
    slots: new Map([['firstMoment/head.logits/kernel', tensor]]),
    best: new Map([['head.logits/kernel', tensor]]),
  }
}

describe('checkpoints', () => {
  it('come back as they were', () => {
    const checkpoint = checkpointOf(3)
    expect(readCheckpoint(writeCheckpoint(runFolder, checkpoint))).toEqual(checkpoint)
  })

  it('are kept for the last two epochs, the latest first', () => {
    for (const epoch of [1, 2, 3, 10]) writeCheckpoint(runFolder, checkpointOf(epoch))
    expect(listCheckpoints(runFolder).map((path) => basename(path))).toEqual([
      'epoch-000010.safetensors',
      'epoch-000003.safetensors',
    ])
  })

  it('that are damaged are refused', () => {
    const path = writeCheckpoint(runFolder, checkpointOf(1))
    const bytes = readFileSync(path)
    const flipped = Buffer.from(bytes)
    flipped[bytes.length - 2]! ^= 1
    const cut = [bytes.subarray(0, bytes.length - 1), bytes.subarray(0, 20), Buffer.alloc(0)]
    for (const damaged of [...cut, flipped]) {
      writeFileSync(path, damaged)
      expect(() => readCheckpoint(path)).toThrow(expect.objectContaining({ code: 'checkpoint-invalid' }))
    }
  })

  it('of a process killed while it writes leave a whole one behind', async () => {
    writeCheckpoint(runFolder, checkpointOf(1))
    const writer = fileURLToPath(new URL('./write-checkpoints.ts', import.meta.url))
    const child = spawn(process.execPath, [writer, runFolder], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    await new Promise((resolve) => setTimeout(resolve, 60))
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    const [latest, ...older] = listCheckpoints(runFolder)
    expect(older.length).toBeLessThanOrEqual(2)
    const { state, parameters } = readCheckpoint(latest!)
    expect(state.epochs.length).toBeGreaterThan(1)
    expect(parameters.get('head.logits/kernel')!.values[0]).toBe(state.epochs.length)
    expect(checkpointFolder(runFolder)).toBe(join(runFolder, 'checkpoints'))
  })
})
