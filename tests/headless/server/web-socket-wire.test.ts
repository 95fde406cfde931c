import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { webSocketWire, type WireSocket } from '../../../src/headless/server/web-socket-wire.ts'

/** A socket whose client reads nothing until `bufferedAmount` is set back. */
class SlowSocket extends EventEmitter {
  readyState = 1
  bufferedAmount = 0
  sent: unknown[] = []
  terminated = false
  send(text: string): void {
    this.sent.push((JSON.parse(text) as { a: unknown[] }).a)
  }
  close(): void {}
  terminate(): void {
    this.terminated = true
  }
}

const event = (name: string, payload: unknown) => ({ t: 'q', m: 'event', a: [name, payload] })
const runProgress = (runId: string, done: number) => event('runs.progress', { progress: { runId, done } })
const jobProgress = (id: string, done: number, state = 'running') =>
  event('jobs.progress', { job: { id, done, state } })

let socket: SlowSocket
let wire: ReturnType<typeof webSocketWire>

beforeEach(() => {
  vi.useFakeTimers()
  socket = new SlowSocket()
  wire = webSocketWire(socket as unknown as WireSocket, {
    coalesceAboveBytes: 1000,
    dropAboveBytes: 10_000,
    flushEveryMs: 100,
  })
})
afterEach(() => void vi.useRealTimers())

it('sends everything to a client that keeps up', () => {
  for (let done = 0; done < 5; done++) wire.post(runProgress('r1', done))
  expect(socket.sent).toHaveLength(5)
})

it('keeps only the newest progress of each subject for a slow client, and every row', () => {
  socket.bufferedAmount = 5000
  for (let done = 0; done < 5; done++) {
    wire.post(runProgress('r1', done))
    wire.post(jobProgress('j1', done))
    wire.post(event('runs.metricLogged', { rows: [done] }))
  }
  vi.advanceTimersByTime(500)
  expect(socket.sent.map((sent) => (sent as [string])[0])).toEqual(Array(5).fill('runs.metricLogged'))
  socket.bufferedAmount = 0
  vi.advanceTimersByTime(200)
  expect(socket.sent.slice(5)).toEqual([
    ['runs.progress', { progress: { runId: 'r1', done: 4 } }],
    ['jobs.progress', { job: { id: 'j1', done: 4, state: 'running' } }],
  ])
})

it('never sends the progress of a job after its end', () => {
  socket.bufferedAmount = 5000
  wire.post(jobProgress('j1', 3))
  wire.post(jobProgress('j1', 4, 'completed'))
  socket.bufferedAmount = 0
  vi.advanceTimersByTime(500)
  expect(socket.sent).toEqual([['jobs.progress', { job: { id: 'j1', done: 4, state: 'completed' } }]])
})

it('drops a client that reads nothing at all', () => {
  socket.bufferedAmount = 20_000
  wire.post(event('runs.metricLogged', {}))
  expect(socket.terminated).toBe(true)
})
