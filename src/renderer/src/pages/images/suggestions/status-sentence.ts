import type { SuggestionsStatus } from '../../../../../contract/suggestions.ts'

/** What a sentence of the locales says, by the key below `suggestions` and its numbers. */
export interface StatusSentence {
  key:
    | 'off'
    | 'given'
    | 'waiting'
    | 'failed'
    | 'starting'
    | 'features'
    | 'training'
    | 'none'
    | 'neighbours'
    | 'head'
    | 'headJudged'
    | 'predicting'
    | 'run'
    | 'runJudged'
  /** Images that are meant. */
  labelled: number
  /** 0 to 1; null where it is not known. */
  accuracy: number | null
}

/** How suggestions come along, in one sentence: what is under way before what is there. */
export function statusSentence({ enabled, state, progress, head, given }: SuggestionsStatus): StatusSentence {
  const labelled = head?.labelled ?? 0
  const accuracy = head?.accuracy ?? null
  const of = (key: StatusSentence['key']): StatusSentence => ({ key, labelled, accuracy })
  if (!enabled && given > 0) return { key: 'given', labelled: given, accuracy: null }
  if (!enabled) return of('off')
  if (state === 'failed') return of('failed')
  // A head of a second is not worth a sentence that flickers.
  if (state === 'working' && (progress?.phase === 'features' || progress?.phase === 'predicting' || !head))
    return of(progress?.phase ?? 'starting')
  if (state === 'waiting') return of('waiting')
  if (!head || head.source === 'none') return of('none')
  if (head.source === 'run') return of(accuracy === null ? 'run' : 'runJudged')
  if (head.source === 'neighbours') return of('neighbours')
  return of(accuracy === null ? 'head' : 'headJudged')
}
