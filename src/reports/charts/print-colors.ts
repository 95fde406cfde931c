/** The interface's light colours as files have them, on white: for paper, and for programs that know no oklch. */
export const printColors = {
  ground: '#ffffff',
  ink: '#15202c',
  muted: '#4b5966',
  line: '#d8dfe6',
  lineStrong: '#a9b4bf',
  sunken: '#e9eef2',
  frozen: '#2c7fb8',
  thawed: '#e9a03b',
  thawedInk: '#8a4a0f',
} as const

/** Curves in the order they are told apart best. */
export const printCurveColors = [
  '#8a4a0f',
  '#2c7fb8',
  '#2f8f63',
  '#c0342c',
  '#7a54c0',
  '#b8860b',
  '#0f8b8d',
  '#4b5966',
] as const
