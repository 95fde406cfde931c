import type { Client } from './client.ts'

export type { Client, ConnectionState } from './client.ts'

let current: Client | null = null

/** Makes `client` the one that every store uses; once, before the stores are made. */
export function provideClient(client: Client): void {
  current = client
}

/** @throws Error before `provideClient` */
export function useClient(): Client {
  if (!current) throw new Error('provideClient was not called')
  return current
}
