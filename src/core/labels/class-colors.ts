/**
 * Colours of classes, given in turn. Each has a contrast of at least 3:1 against both white and #18181b, and neighbours
 * in the list differ in lightness as well as in hue, for people who see fewer hues.
 */
export const classColors: readonly string[] = [
  '#2563eb',
  '#ea580c',
  '#059669',
  '#db2777',
  '#7c3aed',
  '#d97706',
  '#0891b2',
  '#dc2626',
  '#65a30d',
  '#c026d3',
  '#57708f',
  '#b45309',
  '#4f7cff',
  '#e0447c',
  '#0d9488',
  '#a16207',
  '#9333ea',
  '#16a34a',
  '#6366f1',
  '#be7c4d',
]
