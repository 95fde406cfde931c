import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  installNativeEngine,
  verifyNativeEngine,
} from '../../../src/trainer/engines/native-installation/install.ts'
import {
  nativeAddonName,
  nativeAddonProblem,
  nativeAddons,
  nativeEngineFolder,
  nativeEngineProblem,
  type NativeEngineManifest,
} from '../../../src/trainer/engines/native-installation/location.mjs'
import { nativeProblem } from '../../ml/engine.ts'

const saved = { THAW_CACHE: process.env.THAW_CACHE, CXX: process.env.CXX, PATH: process.env.PATH }
let home = ''
let engine = ''

/** An engine as a version without addons left it. */
beforeEach(async () => {
  if (nativeProblem !== null) return
  const installed = nativeEngineFolder()!
  const manifest = await readFile(join(installed, 'manifest.json'), 'utf8')
  home = await mkdtemp(join(tmpdir(), 'thaw-decoder-'))
  process.env.THAW_CACHE = home
  engine = nativeEngineFolder()!
  await mkdir(engine, { recursive: true })
  await writeFile(join(engine, 'manifest.json'), manifest)
  for (const { name } of (JSON.parse(manifest) as NativeEngineManifest).files) {
    await symlink(join(installed, name), join(engine, name))
  }
})

afterEach(async () => {
  for (const [name, value] of Object.entries(saved)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name)
    else process.env[name] = value
  }
  if (home !== '') await rm(home, { recursive: true, force: true })
})

describe.skipIf(nativeProblem !== null)('the set-up of addons beside the native engine', () => {
  it('completes an engine that lacks them, without a download', { timeout: 60_000 }, async () => {
    expect(nativeEngineProblem()).toBeNull()
    expect(nativeAddonProblem('jpeg-decoder')).toBe('it is not set up yet')
    const steps: string[] = []
    expect(await installNativeEngine({ onProgress: ({ step }) => steps.push(step) })).toBe(engine)
    expect(steps).toEqual(nativeAddons.map(() => 'compiling'))
    for (const each of nativeAddons) expect(nativeAddonProblem(each)).toBeNull()
    expect((await readdir(engine)).filter((name) => name.startsWith('.'))).toEqual([])

    // The large libraries take seconds to read.
    const manifestPath = join(engine, 'manifest.json')
    const manifest = JSON.parse(await readFile(manifestPath, 'utf8')) as NativeEngineManifest
    const files = manifest.files.filter(({ name }) => !name.startsWith('lib'))
    await writeFile(manifestPath, JSON.stringify({ ...manifest, files }))
    expect(await verifyNativeEngine()).toBeNull()

    const addon = join(engine, `${nativeAddonName('jpeg-decoder')}.node`)
    const bytes = await readFile(addon)
    await writeFile(addon, bytes.subarray(1))
    expect(nativeAddonProblem('jpeg-decoder')).toMatch(/should have \d+ bytes and has \d+/)
    bytes[bytes.length - 1]! ^= 1
    await writeFile(addon, bytes)
    expect(nativeAddonProblem('jpeg-decoder')).toBeNull()
    expect(await verifyNativeEngine()).toMatch(/jpeg-decoder-.* was changed after it was installed/)
    await rm(addon)
    expect(nativeAddonProblem('jpeg-decoder')).toMatch(/damaged/)
  })

  it('leaves them out, with the reason, where it does not compile', async () => {
    const compiler = join(home, 'compiler')
    await writeFile(
      compiler,
      '#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "error: no such header" >&2\nexit 1\n',
    )
    await chmod(compiler, 0o755)
    process.env.CXX = compiler
    expect(await installNativeEngine()).toBe(engine)
    expect(nativeEngineProblem()).toBeNull()
    for (const each of nativeAddons) expect(nativeAddonProblem(each)).toMatch(/error: no such header/)
  })

  it('leaves the kernels out where they compute wrongly', { timeout: 60_000 }, async () => {
    const compiler = join(home, 'compiler')
    // The update rules step the other way.
    await writeFile(
      compiler,
      `#!/bin/sh
for word; do
  shift
  case "$word" in *optimizers.cc)
    sed 's/UpdateSgd(/UpdateOther(/' "$word" > ${home}/optimizers.cc
    echo '#include "optimizers.h"
    namespace thaw { void UpdateSgd(const SgdNumbers&, int64_t, float*, const float*, float*) {} }' >> ${home}/optimizers.cc
    cp $(dirname "$word")/*.h ${home}/
    word=${home}/optimizers.cc;;
  esac
  set -- "$@" "$word"
done
exec c++ "$@"
`,
    )
    await chmod(compiler, 0o755)
    process.env.CXX = compiler
    expect(await installNativeEngine()).toBe(engine)
    expect(nativeAddonProblem('thaw-kernels')).toMatch(/made \[1,1,1\] of what should be 0/)
    expect(nativeAddonProblem('jpeg-decoder')).toBeNull()
  })

  it('leaves the decoder out where it decodes a known picture wrongly', async () => {
    // Compiles an addon that answers with no pixels.
    const compiler = join(home, 'compiler')
    const source = join(home, 'other.cc')
    await writeFile(
      source,
      `#include <node_api.h>
      napi_value Open(napi_env, napi_callback_info) { return nullptr; }
      napi_value Decode(napi_env env, napi_callback_info) {
        napi_deferred deferred; napi_value promise, none;
        napi_create_promise(env, &deferred, &promise); napi_get_null(env, &none);
        napi_resolve_deferred(env, deferred, none);
        return promise;
      }
      NAPI_MODULE_INIT() {
        napi_value open, decode;
        napi_create_function(env, "open", NAPI_AUTO_LENGTH, Open, nullptr, &open);
        napi_create_function(env, "decode", NAPI_AUTO_LENGTH, Decode, nullptr, &decode);
        napi_set_named_property(env, exports, "open", open);
        napi_set_named_property(env, exports, "decode", decode);
        return exports;
      }`,
    )
    await writeFile(
      compiler,
      `#!/bin/sh\nfor word; do shift; case "$word" in *jpeg-decoder.cc) word=${source};; esac; set -- "$@" "$word"; done\nexec c++ "$@"\n`,
    )
    await chmod(compiler, 0o755)
    process.env.CXX = compiler
    expect(await installNativeEngine()).toBe(engine)
    expect(nativeAddonProblem('jpeg-decoder')).toMatch(/decoded a known picture wrongly, to null/)
    const addons = (await readdir(engine)).filter((name) => name.endsWith('.node'))
    expect(addons.some((name) => name.startsWith('jpeg-decoder'))).toBe(false)
  })
})
