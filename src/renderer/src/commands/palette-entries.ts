import { onBeforeUnmount, onMounted } from 'vue'

/** A line of the palette that is no command: a class, a run. */
export interface PaletteEntry {
  /** Unique among all lines. */
  id: string
  title: string
  /** What kind of thing it is. */
  detail: string
  /** `#rrggbb` of a dot before it. */
  color?: string
  /** A key that does the same. */
  key?: string
  run: () => void
}

const sources = new Set<() => PaletteEntry[]>()

/** Offers lines for as long as the component is mounted; asked for whenever the palette opens. */
export function usePaletteEntries(source: () => PaletteEntry[]): void {
  onMounted(() => sources.add(source))
  onBeforeUnmount(() => sources.delete(source))
}

export function paletteEntries(): PaletteEntry[] {
  return [...sources].flatMap((source) => source())
}
