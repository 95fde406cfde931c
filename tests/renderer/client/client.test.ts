import { createBirpc } from 'birpc'
import { describe, expect, test } from 'vitest'
import { AppError, toErrorPayload } from '../../../src/contract/errors.ts'
import type { ClientFunctions, CoreFunctions, Wire } from '../../../src/contract/wire.ts'
import { createClient } from '../../../src/renderer/src/client/client.ts'

/** Two ends of one channel; what goes over it is copied as JSON would be. */
function wirePair(): [Wire, Wire] {
  const messageListeners: ((message: unknown) => void)[][] = [[], []]
  const closeListeners: (() => void)[] = []
  const end = (own: number, other: number): Wire => ({
    post: (message) => {
      const copy: unknown = JSON.parse(JSON.stringify(message))
      queueMicrotask(() => messageListeners[other]?.forEach((listener) => listener(copy)))
    },
    onMessage: (listener) => void messageListeners[own]?.push(listener),
    onClose: (listener) => void closeListeners.push(listener),
    close: () => closeListeners.splice(0).forEach((listener) => listener()),
  })
  return [end(0, 1), end(1, 0)]
}

function serveOn(wire: Wire, request: CoreFunctions['request']) {
  return createBirpc<ClientFunctions, CoreFunctions>(
    { request },
    {
      post: (message) => wire.post(message),
      on: (listener) => wire.onMessage(listener),
      eventNames: ['event'],
    },
  )
}

const answerProjects = (async () => ({
  ok: true,
  value: { projects: [] },
})) as unknown as CoreFunctions['request']

function connectable() {
  let give: (wire: Wire) => void = () => {}
  const client = createClient((onWire) => (give = onWire))
  return { client, give: (wire: Wire) => give(wire) }
}

describe('client', () => {
  test('holds a request until there is a wire, then answers it', async () => {
    const { client, give } = connectable()
    const answer = client.request('projects.recent', {})
    const [ours, theirs] = wirePair()
    serveOn(theirs, answerProjects)
    give(ours)
    expect(await answer).toEqual({ projects: [] })
    expect(client.state).toBe('connected')
  })

  test('throws what core threw, with code and details', async () => {
    const { client, give } = connectable()
    const [ours, theirs] = wirePair()
    const error = new AppError('class-exists', 'There is a class ant.', { name: 'ant' })
    serveOn(theirs, (async () => ({
      ok: false,
      error: toErrorPayload(error),
    })) as unknown as CoreFunctions['request'])
    give(ours)
    await expect(client.request('classes.create', { projectId: 'p', name: 'ant' })).rejects.toMatchObject({
      name: 'AppError',
      code: 'class-exists',
      details: { name: 'ant' },
    })
  })

  test('passes events to their listeners until they leave', async () => {
    const { client, give } = connectable()
    const [ours, theirs] = wirePair()
    const core = serveOn(theirs, answerProjects)
    give(ours)
    const heard: string[] = []
    const leave = client.on('classes.changed', ({ projectId }) => heard.push(projectId))
    client.on('settings.changed', () => heard.push('settings'))
    await core.event('classes.changed', { projectId: 'a' })
    await new Promise((resolve) => setTimeout(resolve))
    leave()
    await core.event('classes.changed', { projectId: 'b' })
    await new Promise((resolve) => setTimeout(resolve))
    expect(heard).toEqual(['a'])
  })

  test('fails what was under way when the wire is lost, and says reconnected after the next one', async () => {
    const { client, give } = connectable()
    const states: string[] = []
    let reconnections = 0
    client.onStateChanged((state) => states.push(state))
    client.onReconnected(() => reconnections++)
    const [ours, theirs] = wirePair()
    serveOn(theirs, (() => new Promise(() => {})) as unknown as CoreFunctions['request'])
    give(ours)
    const hanging = client.request('projects.recent', {})
    await new Promise((resolve) => setTimeout(resolve))
    ours.close()
    await expect(hanging).rejects.toMatchObject({ code: 'connection-lost' })
    expect(reconnections).toBe(0)
    const [again, theirsAgain] = wirePair()
    serveOn(theirsAgain, answerProjects)
    give(again)
    expect(reconnections).toBe(1)
    expect(await client.request('projects.recent', {})).toEqual({ projects: [] })
    expect(states).toEqual(['connected', 'lost', 'connected'])
  })
})
