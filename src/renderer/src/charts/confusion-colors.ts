import { confusionShades, type ConfusionColors } from '../../../reports/charts/confusion-svg.ts'
import { resolveColor } from './chart-colors.ts'

/** The colours of cells in the theme that is shown. Ink on the strongest still has a contrast of 4.5. */
export function confusionColors(isDark: boolean): ConfusionColors {
  const strongest = isDark ? 50 : 62
  const ramp = (token: string): string[] =>
    Array.from({ length: confusionShades + 1 }, (_, step) =>
      resolveColor(
        `color-mix(in oklab, var(${token}) ${(step / confusionShades) * strongest}%, var(--sunken))`,
      ),
    )
  return {
    right: ramp('--frozen'),
    wrong: ramp('--thawed'),
    ground: resolveColor('var(--surface)'),
    ink: resolveColor('var(--ink)'),
  }
}
