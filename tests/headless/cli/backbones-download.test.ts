import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { expectFailure, runCli, startCli } from './run-cli.ts'

const limitMs = 120_000

/** The publisher's address is real; a proxy on this machine, which the environment names, keeps it from being reached. */
describe('thaw backbones download', () => {
  const home = mkdtempSync(join(tmpdir(), 'thaw-cli-download-'))
  afterEach(() => vi.unstubAllEnvs())
  afterAll(() => rmSync(home, { recursive: true }))

  it(
    'says what to do where there is no connection',
    async () => {
      // Nothing listens there.
      vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9')
      expectFailure(
        await runCli(home, ['backbones', 'download', 'resnet18', '--json']),
        1,
        /reach https:\/\/download\.pytorch\.org\/models\/resnet18-f37072fd\.pth.*thaw backbones add FILE --as resnet18\./,
      )
    },
    limitMs,
  )

  it(
    'names the publishers there are, and where to get a file that has no published hash',
    async () => {
      expectFailure(
        await runCli(home, ['backbones', 'download', 'vgg16', '--source', 'timm']),
        1,
        /keras \(.*\), torchvision \(.*\)/,
      )
      expectFailure(
        await runCli(home, ['backbones', 'download', 'mobilenet_v1_0.25']),
        1,
        /https:\/\/.*mobilenet_2_5_224_tf\.h5/,
      )
    },
    limitMs,
  )

  it(
    'is interrupted in order',
    async () => {
      const proxy = createServer().listen(0, '127.0.0.1')
      await once(proxy, 'listening')
      vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
      const child = startCli(home, ['backbones', 'download', 'resnet18'])
      let stderr = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
      const [request] = (await once(proxy, 'connect')) as [{ url: string }]
      expect(request.url).toBe('download.pytorch.org:443')
      child.kill('SIGINT')
      const [status] = (await once(child, 'close')) as [number]
      expect(status).toBe(130)
      expect(stderr).toMatch(/weights installed before are as they were/)
      proxy.closeAllConnections()
      proxy.close()
    },
    limitMs,
  )
})
