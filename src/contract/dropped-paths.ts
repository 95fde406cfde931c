/** The property of Electron's window under which preload offers `DroppedPaths`; other hosts' pages know no paths. */
export const droppedPathsKey = 'thawDroppedPaths'

/** What preload tells the page of files that a person dropped or chose. */
export interface DroppedPaths {
  /**
   * @param file a `File` of the page
   * @returns absolute; empty where it is on no disk, such as an image out of another page
   */
  pathOf(file: object): string
}
