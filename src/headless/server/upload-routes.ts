import type { Hono } from 'hono'
import { AppError, toErrorPayload, type ErrorCode } from '../../contract/errors.ts'
import { uploadKindSchema, uploadsBase, type UploadBegun, type UploadedFile } from '../../contract/uploads.ts'
import type { CoreOptions } from '../../core/context.ts'
import type { Uploads } from '../../core/uploads/uploads.ts'
import type { AppEnvironment } from './app.ts'

/** So long a page may send nothing of a file. */
const silenceMs = 30_000

const statuses: Partial<Record<ErrorCode, number>> = {
  'invalid-input': 400,
  'upload-not-found': 404,
  cancelled: 404,
  'upload-too-large': 413,
  'disk-full': 507,
}

/** What `uploadsBase` says: a page's way to give core files whose paths it does not know. */
export function addUploadRoutes(app: Hono<AppEnvironment>, uploads: Uploads, log: CoreOptions['log']): void {
  async function answer(status: number, work: () => Promise<unknown>): Promise<Response> {
    try {
      const value = await work()
      return value === undefined ? new Response(null, { status }) : Response.json(value, { status })
    } catch (error) {
      const logId = error instanceof AppError ? undefined : crypto.randomUUID().slice(0, 8)
      if (logId) log.error({ error, logId }, 'an upload failed')
      const payload = toErrorPayload(error, logId)
      return Response.json(payload, { status: statuses[payload.code] ?? 500 })
    }
  }

  app.post(uploadsBase, (context) =>
    answer(201, async (): Promise<UploadBegun> => {
      const kind = uploadKindSchema.safeParse(context.req.query('kind'))
      if (kind.success) return { id: uploads.begin(kind.data) }
      throw new AppError(
        'invalid-input',
        `A kind of upload is expected: ${uploadKindSchema.options.join(', ')}.`,
      )
    }),
  )

  app.put(`${uploadsBase}/:id`, (context) =>
    answer(201, async (): Promise<UploadedFile> => {
      const { incoming } = context.env
      const told = Number(context.req.header('content-length') ?? NaN)
      incoming.setTimeout(silenceMs, () => incoming.destroy())
      try {
        const name = context.req.query('name') ?? ''
        const sizeBytes = Number.isSafeInteger(told) ? told : null
        return { path: await uploads.receive(context.req.param('id'), name, incoming, sizeBytes) }
      } finally {
        incoming.setTimeout(0)
      }
    }),
  )

  app.delete(`${uploadsBase}/:id`, (context) =>
    answer(204, () => uploads.end(context.req.param('id')).then(() => undefined)),
  )
}
