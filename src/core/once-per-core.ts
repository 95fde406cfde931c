import type { CoreContext } from './context.ts'

/** What there is one of in a core, made when it is first asked for. */
export function oncePerCore<Made>(make: (context: CoreContext) => Made): (context: CoreContext) => Made {
  const made = new WeakMap<CoreContext, { value: Made }>()
  return (context) => {
    const known = made.get(context) ?? { value: make(context) }
    made.set(context, known)
    return known.value
  }
}
