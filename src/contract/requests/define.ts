import type { z } from 'zod'

/** A request's two sides. Core validates the input; the contract suite validates the output. */
export interface RequestDefinition<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  input: Input
  output: Output
}

/** Keeps the literal types of one area's requests. */
export function defineRequests<Requests extends Record<string, RequestDefinition>>(
  requests: Requests,
): Requests {
  return requests
}
