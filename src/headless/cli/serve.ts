import { fileURLToPath } from 'node:url'
import type { CliCommand } from './command.ts'
import { InterruptedError } from './errors.ts'
import { jsonOption, wholeNumber } from './options.ts'
import { absolutePath } from './session.ts'
import { watchSignals } from './interruption.ts'

interface ServeOptions {
  port: number
  open?: boolean
}

export const serveCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('serve')
      .description('show the full interface in a browser, on this machine only')
      .argument('[project]', 'the project to start at')
      .option('--port <number>', 'on which port; 0: a free one', wholeNumber(0, 65_535), 0)
      .option('--open', 'open it in the default browser')
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string | undefined, options: ServeOptions) => {
          const [{ createHeadlessCore }, { createServer }, { openInBrowser }] = await Promise.all([
            import('../host.ts'),
            import('../server/create-server.ts'),
            import('../server/open-in-browser.ts'),
          ])
          const interruption = watchSignals()
          const { core, log } = createHeadlessCore({ host: 'browser' })
          try {
            const project =
              folder === undefined
                ? null
                : await core.request('projects.open', { path: absolutePath(folder) })
            const server = await createServer({
              core,
              log,
              rendererFolder: fileURLToPath(new URL('../../../out/renderer/', import.meta.url)),
              port: options.port,
              startAt: project ? `/p/${project.id}/images` : undefined,
            })
            const stopped = new Promise<NodeJS.Signals>((resolve) => interruption.handle(resolve))
            terminal.answerNow(
              { url: server.url, port: server.port },
              () => `Thaw is at ${server.url}\nPress Ctrl+C to stop it.`,
            )
            if (options.open && !(await openInBrowser(server.url))) {
              terminal.note('No browser could be opened; open the address above yourself.')
            }
            const signal = await stopped
            await server.close()
            // A service manager's way to end it is no interruption.
            if (signal === 'SIGINT') throw new InterruptedError('Stopped; everything is stored.')
          } finally {
            await core.close()
            interruption.dispose()
          }
        }),
      )
  },
}
