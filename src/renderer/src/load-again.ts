const waitsMs = [100, 300, 900]

/**
 * A way to load code that tries again where it fails: a browser gives up what it is loading, from this computer too, whenever a network comes or
 * goes (ERR_NETWORK_CHANGED), and the page that somebody asked for would not open.
 *
 * @throws what the last try threw
 */
export function loadAgain<Module>(load: () => Promise<Module>): () => Promise<Module> {
  return async () => {
    for (const waitMs of waitsMs) {
      try {
        return await load()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, waitMs))
      }
    }
    return load()
  }
}
