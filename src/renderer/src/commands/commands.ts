/**
 * When a command can be given: app: always. project: inside a project. images: where images are shown, as the grid or
 * one by one; grid and view are these two. proposed: a class is proposed for them; its keys come before those of grid
 * and view. train: on the Train page.
 */
type CommandScope = 'app' | 'project' | 'images' | 'grid' | 'view' | 'proposed' | 'train'

/** Under which heading the list of shortcuts has it. */
export const commandGroups = ['anywhere', 'pages', 'images', 'label', 'grid', 'view', 'train'] as const

interface CommandDefinition {
  /** Also where its title is in the locales: `commands.titles.<id>`. */
  id: string
  group: (typeof commandGroups)[number]
  scope: CommandScope
  /** The keys it has until a person changes them, as `keyOf` names them. */
  keys: readonly string[]
  /** Its keys work in a field of text too. */
  whileTyping?: true
}

/** Everything that a person can do by one key or from the palette, in the order of the lists. */
export const commands = [
  { id: 'palette.open', group: 'anywhere', scope: 'app', keys: ['ctrl+k'], whileTyping: true },
  { id: 'history.undo', group: 'anywhere', scope: 'project', keys: ['ctrl+z', 'u'] },
  { id: 'history.redo', group: 'anywhere', scope: 'project', keys: ['ctrl+shift+z', 'ctrl+y', 'r'] },
  { id: 'history.show', group: 'anywhere', scope: 'project', keys: [] },
  { id: 'shortcuts.show', group: 'anywhere', scope: 'app', keys: ['?'] },
  { id: 'settings.theme', group: 'anywhere', scope: 'app', keys: [] },
  { id: 'settings.language', group: 'anywhere', scope: 'app', keys: [] },

  { id: 'pages.images', group: 'pages', scope: 'project', keys: [] },
  { id: 'pages.hygiene', group: 'pages', scope: 'project', keys: [] },
  { id: 'pages.suspects', group: 'pages', scope: 'project', keys: [] },
  { id: 'pages.map', group: 'pages', scope: 'project', keys: [] },
  { id: 'pages.train', group: 'pages', scope: 'project', keys: [] },
  { id: 'pages.runs', group: 'pages', scope: 'project', keys: [] },
  { id: 'pages.predict', group: 'pages', scope: 'project', keys: [] },
  { id: 'pages.backbones', group: 'pages', scope: 'project', keys: [] },
  { id: 'pages.storage', group: 'pages', scope: 'project', keys: [] },
  { id: 'pages.shortcuts', group: 'pages', scope: 'project', keys: [] },
  { id: 'pages.start', group: 'pages', scope: 'project', keys: [] },

  { id: 'images.search', group: 'images', scope: 'images', keys: ['/'] },
  { id: 'images.selectAll', group: 'images', scope: 'images', keys: ['ctrl+a'] },
  { id: 'images.showAll', group: 'images', scope: 'images', keys: [] },
  { id: 'images.showUnlabelled', group: 'images', scope: 'images', keys: [] },
  { id: 'images.similar', group: 'images', scope: 'images', keys: ['shift+l'] },
  { id: 'images.remove', group: 'images', scope: 'images', keys: ['delete', 'x'] },
  { id: 'images.add', group: 'images', scope: 'images', keys: [] },
  { id: 'images.addFile', group: 'images', scope: 'images', keys: [] },
  { id: 'images.camera', group: 'images', scope: 'images', keys: [] },
  { id: 'images.watch', group: 'images', scope: 'images', keys: [] },
  { id: 'images.export', group: 'images', scope: 'images', keys: [] },
  { id: 'images.makeSplits', group: 'images', scope: 'images', keys: [] },

  { id: 'label.accept', group: 'label', scope: 'proposed', keys: ['enter'] },
  { id: 'label.keep', group: 'label', scope: 'proposed', keys: ['space'] },
  { id: 'label.selectAlike', group: 'label', scope: 'proposed', keys: ['shift+enter'] },
  { id: 'label.suggest', group: 'label', scope: 'images', keys: ['shift+s'] },
  { id: 'label.suggestNext', group: 'label', scope: 'images', keys: ['shift+g'] },
  { id: 'label.clear', group: 'label', scope: 'images', keys: ['0', 'backspace'] },
  { id: 'label.previous', group: 'label', scope: 'images', keys: ['.'] },
  { id: 'label.rapid', group: 'label', scope: 'images', keys: ['shift+r'] },
  { id: 'label.skip', group: 'label', scope: 'images', keys: [','] },
  { id: 'label.unsure', group: 'label', scope: 'images', keys: ['shift+u'] },
  { id: 'label.flag', group: 'label', scope: 'images', keys: ['shift+f'] },
  { id: 'label.note', group: 'label', scope: 'images', keys: ['shift+m'] },
  { id: 'label.createClass', group: 'label', scope: 'images', keys: ['shift+n'] },
  { id: 'label.splitOff', group: 'label', scope: 'images', keys: [] },
  { id: 'label.train', group: 'label', scope: 'images', keys: [] },
  { id: 'label.validation', group: 'label', scope: 'images', keys: [] },
  { id: 'label.test', group: 'label', scope: 'images', keys: [] },
  { id: 'label.noSplit', group: 'label', scope: 'images', keys: [] },

  { id: 'grid.left', group: 'grid', scope: 'grid', keys: ['h'] },
  { id: 'grid.down', group: 'grid', scope: 'grid', keys: ['j'] },
  { id: 'grid.up', group: 'grid', scope: 'grid', keys: ['k'] },
  { id: 'grid.right', group: 'grid', scope: 'grid', keys: ['l'] },
  { id: 'grid.toggle', group: 'grid', scope: 'grid', keys: ['space'] },
  { id: 'grid.selectNone', group: 'grid', scope: 'grid', keys: ['escape'] },
  { id: 'grid.open', group: 'grid', scope: 'grid', keys: ['enter', 'o'] },
  { id: 'grid.toggleGroup', group: 'grid', scope: 'grid', keys: ['shift+e'] },
  { id: 'grid.selectGroup', group: 'grid', scope: 'grid', keys: ['shift+b'] },
  { id: 'grid.nextGroup', group: 'grid', scope: 'grid', keys: ['shift+j'] },
  { id: 'grid.previousGroup', group: 'grid', scope: 'grid', keys: ['shift+k'] },
  { id: 'grid.collapseAll', group: 'grid', scope: 'grid', keys: [] },
  { id: 'grid.expandAll', group: 'grid', scope: 'grid', keys: [] },
  { id: 'grid.compare', group: 'grid', scope: 'grid', keys: ['shift+c'] },
  { id: 'grid.larger', group: 'grid', scope: 'grid', keys: ['+'] },
  { id: 'grid.smaller', group: 'grid', scope: 'grid', keys: ['-'] },

  { id: 'view.next', group: 'view', scope: 'view', keys: ['right', 'down', 'l', 'j'] },
  { id: 'view.previous', group: 'view', scope: 'view', keys: ['left', 'up', 'h', 'k'] },
  { id: 'view.zoomIn', group: 'view', scope: 'view', keys: ['+', '='] },
  { id: 'view.zoomOut', group: 'view', scope: 'view', keys: ['-'] },
  { id: 'view.fit', group: 'view', scope: 'view', keys: ['shift+z'] },
  { id: 'view.actual', group: 'view', scope: 'view', keys: ['shift+a'] },
  { id: 'view.panLeft', group: 'view', scope: 'view', keys: ['shift+left'] },
  { id: 'view.panRight', group: 'view', scope: 'view', keys: ['shift+right'] },
  { id: 'view.panUp', group: 'view', scope: 'view', keys: ['shift+up'] },
  { id: 'view.panDown', group: 'view', scope: 'view', keys: ['shift+down'] },
  { id: 'view.explain', group: 'view', scope: 'view', keys: ['shift+e'] },
  { id: 'view.close', group: 'view', scope: 'view', keys: ['escape', 'enter', 'o'] },

  { id: 'train.start', group: 'train', scope: 'train', keys: ['ctrl+enter'], whileTyping: true },
] as const satisfies readonly CommandDefinition[]

export type CommandId = (typeof commands)[number]['id']
export type Command = CommandDefinition & { id: CommandId }

const scopesWithin: Record<CommandScope, readonly CommandScope[]> = {
  app: ['app', 'project', 'images', 'grid', 'view', 'proposed', 'train'],
  project: ['project', 'images', 'grid', 'view', 'proposed', 'train'],
  images: ['images', 'grid', 'view', 'proposed'],
  grid: ['grid'],
  view: ['view'],
  proposed: ['proposed'],
  train: ['train'],
}

/** Whether both can be given at the same time, so that one key cannot be for both. */
export function canMeet(a: Command, b: Command): boolean {
  return scopesWithin[a.scope].includes(b.scope) || scopesWithin[b.scope].includes(a.scope)
}
