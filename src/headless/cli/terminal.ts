import { createProgressBar, type ProgressState } from './progress-bar.ts'

/** Where a command's answer and its progress go. */
export interface Terminal {
  /** `--json` was given. */
  readonly json: boolean
  /** Stores the answer; it is printed once the command has ended well, so that a failure leaves stdout empty. */
  answer(document: object, human: () => string): void
  /** Prints the answer at once: for a command that stays. */
  answerNow(document: object, human: () => string): void
  /** One line on stderr, above the progress bar. */
  note(line: string): void
  /** Draws the bar on stderr, or a line now and then where stderr is no terminal; null takes it away. */
  progress(state: ProgressState | null): void
  /** Prints the stored answer. */
  flush(): void
}

/** The two streams, as a terminal needs them. */
export interface OutputStream {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** The terminal of this process. */
export function createTerminal(
  options: { json: boolean },
  stdout: OutputStream = process.stdout,
  stderr: OutputStream = process.stderr,
): Terminal {
  const bar = createProgressBar(stderr)
  let pending = ''

  function render(document: object, human: () => string): string {
    if (options.json) return `${JSON.stringify(document)}\n`
    const text = human()
    return text.endsWith('\n') || text === '' ? text : `${text}\n`
  }

  return {
    json: options.json,
    answer(document, human) {
      pending = render(document, human)
    },
    answerNow(document, human) {
      bar.clear()
      stdout.write(render(document, human))
    },
    note(line) {
      bar.clear()
      stderr.write(`${oneLine(line)}\n`)
      bar.redraw()
    },
    progress(state) {
      if (state === null) bar.end()
      else bar.update(state)
    },
    flush() {
      bar.end()
      if (pending !== '') stdout.write(pending)
      pending = ''
    },
  }
}

/** Names of classes and files may hold line breaks and terminal controls; a message is one line without them. */
export function oneLine(text: string): string {
  return text
    .replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}
