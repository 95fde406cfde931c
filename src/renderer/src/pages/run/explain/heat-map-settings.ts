import { explainMethodSchema, type ExplainMethod } from '../../../../../contract/explanation.ts'
import type { HeatPalette } from './heat-colors.ts'

/** The class that is predicted, whichever that is; a class of its own is `=<name>`. */
export const ofPrediction = 'predicted'
/** The last layer before the pooling; another one is `=<name>`. */
export const ofLayer = 'last'

/** What a person has chosen for heat maps; it stays from one image to the next. */
export interface HeatMapSettings {
  readonly method: ExplainMethod
  readonly class: string
  readonly layer: string
  readonly palette: HeatPalette
  /** 0 to 1. */
  readonly opacity: number
}

export const defaultHeatMapSettings: HeatMapSettings = {
  method: 'grad-cam',
  class: ofPrediction,
  layer: ofLayer,
  palette: 'inferno',
  opacity: 0.6,
}

/** The name in a choice; null: none of its own. */
export function chosenName(choice: string): string | null {
  return choice.startsWith('=') ? choice.slice(1) : null
}

/** What a key changes; null: nothing. `h` hides and shows the map, `m` takes the next method, + and - change the opacity. */
export function settingsAfterKey(settings: HeatMapSettings, key: string): HeatMapSettings | null {
  const { opacity, method } = settings
  const faded = (value: number): HeatMapSettings => ({
    ...settings,
    opacity: Math.round(100 * Math.min(1, Math.max(0, value))) / 100,
  })
  switch (key) {
    case 'h':
      return faded(opacity > 0 ? 0 : defaultHeatMapSettings.opacity)
    case '+':
    case '=':
      return faded(opacity + 0.1)
    case '-':
      return faded(opacity - 0.1)
    case 'm': {
      const methods = explainMethodSchema.options
      return { ...settings, method: methods[(methods.indexOf(method) + 1) % methods.length] ?? method }
    }
    default:
      return null
  }
}
