import { engineIdSchema } from '../../contract/engine-ids.ts'
import { measureEngine } from './probe.ts'

/** The process that probeEngine starts: measures the engine named by its first argument and answers once. */
const probe = await measureEngine(engineIdSchema.parse(process.argv[2]))
process.send!(probe, () => process.exit(0))
