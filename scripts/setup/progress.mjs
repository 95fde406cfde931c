/**
 * Shows the progress of one step on standard error: a bar on a terminal, else a line now and then.
 * @param {string} label what is going on
 * @param {NodeJS.WriteStream} stream
 */
export function startStep(label, stream = process.stderr) {
  const startMs = Date.now()
  const bar = stream.isTTY === true
  let shownPercent = -1
  let shownMs = 0
  let shownNote = ''
  const clear = () => bar && stream.write('\r\x1b[2K')
  const seconds = () => `${((Date.now() - startMs) / 1000).toFixed(1)} s`
  return {
    /**
     * @param {number} fraction from 0 to 1
     * @param {string} note
     */
    update(fraction, note = '') {
      const percent = Math.floor(fraction * 100)
      const text = note ? `${label}: ${note}` : label
      if (bar) {
        if (percent === shownPercent && Date.now() - shownMs < 100) return
        const filled = Math.round(fraction * 24)
        stream.write(`\r\x1b[2K${'█'.repeat(filled)}${'░'.repeat(24 - filled)} ${percent}% ${text}`)
      } else {
        const quiet = note === shownNote && percent < shownPercent + 25 && Date.now() - shownMs < 10_000
        if (quiet && shownPercent >= 0) return
        stream.write(`${text} ${percent}%\n`)
      }
      shownPercent = percent
      shownNote = note
      shownMs = Date.now()
    },
    /** @param {string} note */
    done(note = '') {
      clear()
      stream.write(`✓ ${label}${note ? `: ${note}` : ''} (${seconds()})\n`)
    },
    /** @param {string} reason what is missing and what happens instead */
    fail(reason) {
      clear()
      stream.write(`! ${label}: ${reason}\n`)
    },
  }
}
