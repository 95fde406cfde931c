import type { MenuItemConstructorOptions } from 'electron'
import type { ShellLabels } from './menu-labels.ts'

export interface MenuActions {
  showStartPage: () => void
  openProject: () => void
}

/** The application menu. Undo and redo of labels belong to the page; here are those of text fields. */
export function menuTemplate(
  labels: ShellLabels,
  actions: MenuActions,
  options: { platform: NodeJS.Platform; developer: boolean },
): MenuItemConstructorOptions[] {
  const mac = options.platform === 'darwin'
  const separator = { type: 'separator' } as const
  const developer: MenuItemConstructorOptions[] = options.developer
    ? [separator, { role: 'toggleDevTools', label: labels.developerTools }]
    : []
  const application: MenuItemConstructorOptions = {
    label: 'Thaw',
    submenu: [
      { role: 'about', label: labels.about },
      separator,
      { role: 'hide', label: labels.hide },
      { role: 'hideOthers', label: labels.hideOthers },
      { role: 'unhide', label: labels.showAll },
      separator,
      { role: 'quit', label: labels.quit },
    ],
  }
  return [
    ...(mac ? [application] : []),
    {
      label: labels.file,
      submenu: [
        { label: labels.startPage, accelerator: 'CmdOrCtrl+Shift+H', click: actions.showStartPage },
        { label: labels.openProject, accelerator: 'CmdOrCtrl+O', click: actions.openProject },
        separator,
        mac ? { role: 'close', label: labels.close } : { role: 'quit', label: labels.quit },
      ],
    },
    {
      label: labels.edit,
      submenu: [
        // Without accelerators: Ctrl+Z in the page undoes a label.
        { role: 'undo', label: labels.undo, registerAccelerator: false },
        { role: 'redo', label: labels.redo, registerAccelerator: false },
        separator,
        { role: 'cut', label: labels.cut },
        { role: 'copy', label: labels.copy },
        { role: 'paste', label: labels.paste },
        { role: 'selectAll', label: labels.selectAll, registerAccelerator: false },
      ],
    },
    {
      label: labels.view,
      submenu: [
        { role: 'reload', label: labels.reload },
        separator,
        { role: 'resetZoom', label: labels.actualSize },
        { role: 'zoomIn', label: labels.zoomIn },
        { role: 'zoomOut', label: labels.zoomOut },
        separator,
        { role: 'togglefullscreen', label: labels.fullScreen },
        ...developer,
      ],
    },
    {
      label: labels.window,
      submenu: [
        { role: 'minimize', label: labels.minimize },
        ...(mac ? [] : [{ role: 'about', label: labels.about } as const]),
      ],
    },
  ]
}
