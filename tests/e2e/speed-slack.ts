/**
 * How much longer than its bound something may take: on a machine with nothing else to do (`THAW_SPEED` set) nothing, elsewhere three times, so that a
 * page that has become slow is noticed there too.
 */
export const speedSlack = process.env.THAW_SPEED === undefined ? 3 : 1
