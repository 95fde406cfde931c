import { pino } from 'pino'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { JobEvent } from '../../../src/contract/jobs.ts'
import { launchNodeProcess } from '../../../src/core/processes/launch-node-process.ts'
import { startTrainer, type TrainerClient } from '../../../src/core/processes/trainer-client.ts'
import { createTrainers } from '../../../src/core/processes/trainers.ts'

const log = pino({ level: 'silent' })
const entry = new URL('../../fixtures/faulty-trainer.ts', import.meta.url)
const probe = { engine: 'cpu', weights: null } as const
const clients: TrainerClient[] = []

function start(fault: string, timing = {}): TrainerClient {
  const client = startTrainer({ launch: launchNodeProcess(entry, { env: { FAULT: fault } }), log, ...timing })
  clients.push(client)
  return client
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
})

describe('startTrainer', () => {
  it('answers a job and ends when asked', async () => {
    const client = start('')
    await expect(client.run('probe', probe).result).resolves.toMatchObject({ id: 'cpu', available: true })
    await client.close()
    expect(client.alive).toBe(false)
    await expect(client.run('probe', probe).result).rejects.toMatchObject({ code: 'trainer-died' })
  })

  it('rejects the job at once with the signal when its process is killed', async () => {
    const client = start('never-ends')
    const job = client.run('probe', probe)
    const expected = expect(job.result).rejects.toMatchObject({
      code: 'trainer-died',
      details: { signal: 'SIGKILL', signalNumber: 9, exitCode: null },
    })
    process.kill(client.pid!, 'SIGKILL')
    const killedAt = Date.now()
    await expected
    expect(Date.now() - killedAt).toBeLessThan(1000)
  })

  it('keeps the last output of a process that exits by itself', async () => {
    const client = start('talkative')
    await expect(client.run('probe', probe).result).rejects.toMatchObject({
      code: 'trainer-died',
      message: expect.stringMatching(/status 3.*the last line on stderr/s),
      details: { signal: null, exitCode: 3, output: expect.stringContaining('a line on stdout') },
    })
  })

  it('kills a process that stopped answering, and says so', async () => {
    const client = start('mute-after-start', { pingIntervalMs: 40, unansweredPingsAtStart: 200 })
    await expect(client.run('probe', probe).result).rejects.toMatchObject({ code: 'trainer-hung' })
  })

  it('leaves a silent process alone while it answers pings', async () => {
    const client = start('never-ends', { pingIntervalMs: 40, unansweredPingsAtStart: 200 })
    const job = client.run('probe', probe)
    const first = await Promise.race([
      job.result.catch(() => 'ended'),
      new Promise((r) => setTimeout(r, 800, 'works')),
    ])
    expect(first).toBe('works')
    const ended = expect(job.result).rejects.toMatchObject({ code: 'cancelled', message: 'stop came' })
    job.stop()
    await ended
  })

  it.skipIf(process.platform !== 'linux')(
    'gives a process longer that is silent because it computes',
    async () => {
      const client = start('busy', { pingIntervalMs: 300, unansweredPings: 2, unansweredPingsAtStart: 200 })
      await expect(client.run('probe', probe).result).resolves.toMatchObject({ id: 'cpu' })
    },
  )

  it.skipIf(process.platform === 'win32')('sees a stopped process', async () => {
    const client = start('', { pingIntervalMs: 100, unansweredPings: 3, unansweredPingsAtStart: 200 })
    await client.run('probe', probe).result
    process.kill(client.pid!, 'SIGSTOP')
    await expect(client.run('probe', probe).result).rejects.toMatchObject({
      code: 'trainer-hung',
      details: { signal: 'SIGKILL' },
    })
  })

  it.skipIf(process.platform === 'win32')('sees it within 30 s, as it is set by itself', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const client = start('')
    await client.run('probe', probe).result
    process.kill(client.pid!, 'SIGSTOP')
    let seen: unknown
    void client.run('probe', probe).result.catch((error: unknown) => (seen = error))
    let seconds = 0
    for (; seen === undefined && seconds < 60; seconds += 1) {
      vi.advanceTimersByTime(1000)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(seen).toMatchObject({ code: 'trainer-hung' })
    expect(seconds).toBeLessThanOrEqual(30)
  })

  it('passes over messages that nobody agreed on', async () => {
    const events: JobEvent[] = []
    const answer = start('garbage').run('probe', probe, (event) => events.push(event)).result
    await expect(answer).resolves.toMatchObject({ id: 'cpu' })
    expect(events).toEqual([{ type: 'notice', code: 'n', message: 'understood' }])
  })

  it('rejects an answer of the wrong shape', async () => {
    await expect(start('wrong-answer').run('probe', probe).result).rejects.toMatchObject({ code: 'internal' })
  })

  it('says when the process could not be started', async () => {
    const launch = launchNodeProcess(entry, { execPath: '/nowhere/node' })
    const client = startTrainer({ launch, log })
    await expect(client.run('probe', probe).result).rejects.toMatchObject({
      code: 'trainer-died',
      message: expect.stringContaining('could not be started'),
    })
  })
})

describe('createTrainers', () => {
  it('keeps one process for short jobs and replaces it after its death', async () => {
    const trainers = createTrainers(launchNodeProcess(entry), log)
    try {
      const first = await trainers.runShort('probe', probe)
      const second = await trainers.runShort('probe', probe)
      expect(second.imagesPerSecond).toBe(first.imagesPerSecond)
      process.kill(first.imagesPerSecond!, 'SIGKILL')
      await new Promise((resolve) => setTimeout(resolve, 500))
      const third = await trainers.runShort('probe', probe)
      expect(third.imagesPerSecond).not.toBe(first.imagesPerSecond)
    } finally {
      await trainers.close()
    }
  })

  it('cancels a running short job by its signal, and a waiting one before it starts', async () => {
    const trainers = createTrainers(launchNodeProcess(entry, { env: { FAULT: 'never-ends' } }), log)
    try {
      const abort = new AbortController()
      const running = trainers.runShort('probe', probe, { signal: abort.signal })
      const waiting = trainers.runShort('probe', probe, { signal: abort.signal })
      const both = Promise.all([
        expect(running).rejects.toMatchObject({ message: 'cancel came' }),
        expect(waiting).rejects.toMatchObject({
          code: 'cancelled',
          message: expect.stringContaining('before it began'),
        }),
      ])
      setTimeout(() => abort.abort(), 300)
      await both
    } finally {
      await trainers.close()
    }
  })

  it('gives a run the process that was kept warm for it, and each of the others one of its own', async () => {
    let launched = 0
    const launch = launchNodeProcess(entry)
    const trainers = createTrainers(() => {
      launched += 1
      return launch()
    }, log)
    try {
      trainers.keepWarm()
      trainers.keepWarm()
      expect(launched).toBe(1)
      const fresh = trainers.start({ fresh: true })
      expect(launched).toBe(2)
      const warm = trainers.start()
      expect(launched).toBe(2)
      expect(warm.pid).not.toBe(fresh.pid)
      const { imagesPerSecond: pid } = await warm.run('probe', probe).result
      expect(pid).toBe(warm.pid)
      trainers.start()
      expect(launched).toBe(3)
    } finally {
      await trainers.close()
    }
  })
})
