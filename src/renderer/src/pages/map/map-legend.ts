import type { ImageClass } from '../../../../contract/entities.ts'
import type { RequestOutput } from '../../../../contract/requests/index.ts'

type StoredMap = NonNullable<RequestOutput<'map.get'>['map']>
export type MapCategories = RequestOutput<'map.colors'>['categories']
export type MapCategory = MapCategories[number]['category']

/** One colour of a map. */
export interface LegendEntry {
  /** Null: of no category. */
  readonly key: MapCategory | number | null
  /** `#rrggbb` */
  readonly color: string
  readonly count: number
}

/** Every point's colour, and what the colours are. */
export interface MapLegend {
  /** Without those that no point has. */
  readonly entries: readonly LegendEntry[]
  /** Of each point the place of its colour in `palette`. */
  readonly codes: Uint16Array
  readonly palette: readonly string[]
  /** Places of the points of each entry, in its order. */
  readonly places: readonly (readonly number[])[]
}

const noneColor = '#8a94a0'

/**
 * Colours that people who see few colours tell apart too.
 *
 * @see M. Okabe, K. Ito, Color universal design, 2008, https://jfly.uni-koeln.de/color/
 */
const colors: Readonly<Record<MapCategory, string>> = {
  train: '#0072b2',
  validation: '#e69f00',
  test: '#009e73',
  'exact-duplicates': '#0072b2',
  'near-duplicates': '#56b4e9',
  'odd-neighbour': '#d55e00',
  blurry: '#cc79a7',
  dark: '#5b4a8a',
  bright: '#f0e442',
  grey: '#4d5661',
  tiny: '#009e73',
  'odd-aspect': '#e69f00',
  '0': '#d55e00',
  '1': '#e69f00',
  '2': '#f0e442',
  '3': '#56b4e9',
  '4': '#0072b2',
  right: '#009e73',
  wrong: '#d55e00',
}

/** Colours the points by their classes. */
export function classLegend({ classIds }: StoredMap, classes: readonly ImageClass[]): MapLegend {
  const codeOf = new Map(classes.map(({ id }, index) => [id, index + 1]))
  return legendOf(
    Uint16Array.from(classIds, (id) => (id === null ? 0 : (codeOf.get(id) ?? 0))),
    classes.map(({ id, color }) => ({ key: id, color })),
  )
}

/** Colours the points by categories that core tells. */
export function categoryLegend({ imageIds }: StoredMap, categories: MapCategories): MapLegend {
  const codeOf = new Map(
    categories.flatMap(({ imageIds: ids }, index) => ids.map((id) => [id, index + 1] as const)),
  )
  return legendOf(
    Uint16Array.from(imageIds, (id) => codeOf.get(id) ?? 0),
    categories.map(({ category }) => ({ key: category, color: colors[category] })),
  )
}

function legendOf(codes: Uint16Array, named: readonly Pick<LegendEntry, 'key' | 'color'>[]): MapLegend {
  const all: Pick<LegendEntry, 'key' | 'color'>[] = [{ key: null, color: noneColor }, ...named]
  const placesOf: number[][] = all.map(() => [])
  codes.forEach((code, place) => placesOf[code]?.push(place))
  // What is of no category comes last.
  const order = [...named.map((_, index) => index + 1), 0].filter((code) => placesOf[code]?.length)
  return {
    entries: order.map((code) => ({
      key: all[code]?.key ?? null,
      color: all[code]?.color ?? noneColor,
      count: placesOf[code]?.length ?? 0,
    })),
    codes,
    palette: all.map(({ color }) => color),
    places: order.map((code) => placesOf[code] ?? []),
  }
}
