import type { Logger } from 'pino'
import type { LaunchChildProcess } from '../contract/host.ts'
import type { PickKind } from '../contract/requests/app.ts'
import type { EventName, EventPayload } from '../contract/events.ts'
import type { RequestName, RequestOutput, RequestParsedInput } from '../contract/requests/index.ts'
import type { ImagingPool } from '../imaging/client.ts'
import type { DownloadableWeights } from '../models/backbone.ts'
import type { OpenProjects } from './projects/open-projects.ts'

export interface CoreOptions {
  /** State of the person: recent projects, settings, the sample. `THAW_HOME`. */
  dataDir: string
  /** The program's own `resources/`. */
  resourcesDir: string
  host: 'electron' | 'browser' | 'memory'
  version: string
  /** A process that runs src/trainer/main.ts with an IPC channel (advanced serialisation). */
  launchTrainer: LaunchChildProcess
  /** A process that runs src/imaging/worker.ts likewise; it may die of a bad file. */
  launchImaging: LaunchChildProcess
  /** A process that runs src/core/weights/conversion-process.ts likewise; absent: this process's own Node runs it. */
  launchWeights?: LaunchChildProcess
  /** A process that runs src/core/analysis/analysis-process.ts likewise; absent: this process's own Node runs it. */
  launchAnalysis?: LaunchChildProcess
  /** What is fetched in place of a publisher's file: for tests, which have a server of their own. */
  resolveDownload?: (source: DownloadableWeights) => DownloadableWeights
  /** A trainer waits with its engine loaded while a project is open, so that a run begins at once. */
  keepTrainerWarm?: boolean
  log: Logger
  /** A native dialog, where the host has one. */
  pickFolder?: (kind: PickKind) => Promise<string | null>
  /** Prints a document that needs nothing but itself as a PDF file on A4, where the host can. */
  printToPdf?: (html: string) => Promise<Uint8Array>
}

/** What every area of core may use. */
export interface CoreContext extends CoreOptions {
  publish: <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void
  projects: OpenProjects
  imaging: ImagingPool
}

/** One handler for each request of an area. */
export type Handlers<Names extends RequestName> = {
  [Name in Names]: (input: RequestParsedInput<Name>) => RequestOutput<Name> | Promise<RequestOutput<Name>>
}
