/**
 * Colours of classes, given in turn. Each has a contrast of at least 3:1 against both white and #18181b. The next is always one that differs
 * much from all before it (in OKLab, as people see it, and as those see it who see fewer hues: Machado et al. 2009), so that a few
 * classes are never alike.
 *
 * @see https://bottosson.github.io/posts/oklab/
 */
export const classColors: readonly string[] = [
  '#2563eb',
  '#ea580c',
  '#059669',
  '#c026d3',
  '#a16207',
  '#0891b2',
  '#db2777',
  '#65a30d',
  '#9333ea',
  '#dc2626',
  '#57708f',
  '#be7c4d',
  '#4f7cff',
  '#16a34a',
  '#d97706',
  '#6366f1',
  '#0d9488',
  '#e0447c',
  '#7c3aed',
  '#b45309',
]
