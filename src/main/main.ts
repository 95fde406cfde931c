import { app, BrowserWindow, dialog, Menu, session } from 'electron'
import { fileEndingsOf, type PickKind } from '../contract/requests/app.ts'
import { startCoreHost, type CoreHost } from './core-host.ts'
import { findLocations, rendererFolder } from './locations.ts'
import { menuTemplate } from './menu.ts'
import { shellLabels, type ShellLabels } from './menu-labels.ts'
import { printToPdf } from './print-to-pdf.ts'
import { projectArgument } from './project-argument.ts'
import { registerScheme, serveScheme } from './protocol.ts'
import { confineContents, confinePermissions, openWindow, pageAt, shownWindows } from './window.ts'

const startRoute = '/'

registerScheme()
app.on('web-contents-created', (_event, contents) => confineContents(contents))
// One core for each person: a second launch hands its project to the first.
if (app.requestSingleInstanceLock()) void app.whenReady().then(start)
else app.quit()

async function start(): Promise<void> {
  const labels = shellLabels(app.getLocale())
  confinePermissions(session.defaultSession)
  const locations = findLocations()
  const core = startCoreHost({
    locations,
    pickFolder: (kind) => pickFolder(kind, labels),
    printToPdf,
    onDeath: () => offerRestart(labels),
  })
  serveScheme({ rendererFolder: rendererFolder(), media: (pathname) => core.media(pathname) })

  const show = (route: string) => {
    const [window] = shownWindows()
    if (!window)
      return void openWindow({ connect: () => core.connect(), route, resourcesDir: locations.resourcesDir })
    if (window.isMinimized()) window.restore()
    window.focus()
    void window.loadURL(pageAt(route))
  }
  const openProject = async (path: string | null) => {
    if (path === null) return
    const route = await routeOf(core, path, labels)
    if (route !== null) show(route)
  }

  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate(
        labels,
        {
          showStartPage: () => show(startRoute),
          openProject: () => void pickFolder('project', labels).then(openProject),
        },
        { platform: process.platform, developer: !app.isPackaged },
      ),
    ),
  )

  app.on('second-instance', (_event, commandLine, workingDirectory) => {
    const project = projectArgument(commandLine, workingDirectory)
    if (project) void openProject(project)
    else shownWindows()[0]?.focus()
  })
  app.on('activate', () => {
    if (shownWindows().length === 0) show(startRoute)
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  let stored = false
  app.on('will-quit', (event) => {
    if (stored) return
    event.preventDefault()
    void core.close().finally(() => {
      stored = true
      app.quit()
    })
  })

  const project = projectArgument(process.argv, process.cwd())
  const route = project === null ? null : await routeOf(core, project, labels)
  show(route ?? startRoute)
}

async function routeOf(core: CoreHost, path: string, labels: ShellLabels): Promise<string | null> {
  try {
    return `/p/${await core.openProject(path)}/images`
  } catch (error) {
    dialog.showErrorBox(labels.openFailed, (error as Error).message)
    return null
  }
}

async function pickFolder(kind: PickKind, labels: ShellLabels): Promise<string | null> {
  const title = {
    folder: labels.pickFolder,
    project: labels.pickProject,
    weights: labels.pickWeights,
    dataset: labels.pickDataset,
  }[kind]
  const extensions = fileEndingsOf(kind).map((ending) => ending.slice(1))
  const isFile = extensions.length > 0
  const options = {
    title,
    properties: [isFile ? ('openFile' as const) : ('openDirectory' as const)],
    ...(isFile
      ? { filters: [{ name: kind === 'weights' ? labels.weights : labels.dataset, extensions }] }
      : {}),
  }
  const window = BrowserWindow.getFocusedWindow() ?? shownWindows()[0]
  const { canceled, filePaths } = window
    ? await dialog.showOpenDialog(window, options)
    : await dialog.showOpenDialog(options)
  return canceled ? null : (filePaths[0] ?? null)
}

/** Without core nothing works, and a new one starts clean: the database is consistent whenever it dies. */
function offerRestart(labels: ShellLabels): void {
  dialog.showMessageBoxSync({
    type: 'error',
    message: labels.coreDied,
    detail: labels.coreDiedDetail,
    buttons: [labels.restart],
  })
  app.relaunch()
  app.exit(1)
}
