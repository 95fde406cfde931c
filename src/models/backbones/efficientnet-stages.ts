/** `[repeats, kernel, stride, expansion, filters]` of the stages of EfficientNet-B0 and Lite0. @see https://arxiv.org/abs/1905.11946 table 1 */
export const efficientNetStages = [
  [1, 3, 1, 1, 16],
  [2, 3, 2, 6, 24],
  [2, 5, 2, 6, 40],
  [3, 3, 2, 6, 80],
  [3, 5, 1, 6, 112],
  [4, 5, 2, 6, 192],
  [1, 3, 1, 6, 320],
] as const

/** Of the stem and of the top, unscaled. */
export const efficientNetFilters: { readonly stem: number; readonly top: number } = { stem: 32, top: 1280 }
