import { backbonesCommand } from './backbones.ts'
import { checkCommand } from './check.ts'
import type { CliCommand } from './command.ts'
import { compareCommand } from './compare.ts'
import { doctorCommand } from './doctor.ts'
import { duplicatesCommand } from './duplicates.ts'
import { embedCommand } from './embed.ts'
import { exportDatasetCommand } from './export-dataset.ts'
import { estimateCommand } from './estimate.ts'
import { evaluateCommand } from './evaluate.ts'
import { findLearningRateCommand } from './find-learning-rate.ts'
import { imagesCommand } from './images.ts'
import { importCommand } from './import.ts'
import { initCommand } from './init.ts'
import { labelCommand } from './label.ts'
import { predictCommand } from './predict.ts'
import { reportCommand } from './report.ts'
import { resumeCommand } from './resume.ts'
import { runsCommand } from './runs.ts'
import { sampleCommand } from './sample.ts'
import { serveCommand } from './serve.ts'
import { splitCommand } from './split.ts'
import { statsCommand } from './stats.ts'
import { suggestCommand } from './suggest.ts'
import { suspectsCommand } from './suspects.ts'
import { sweepCommand } from './sweep.ts'
import { trainCommand } from './train.ts'

/** Every command, in the order of `thaw --help`. */
export const commands: readonly CliCommand[] = [
  initCommand,
  sampleCommand,
  importCommand,
  imagesCommand,
  statsCommand,
  duplicatesCommand,
  labelCommand,
  splitCommand,
  suggestCommand,
  suspectsCommand,
  exportDatasetCommand,
  backbonesCommand,
  embedCommand,
  estimateCommand,
  findLearningRateCommand,
  trainCommand,
  resumeCommand,
  sweepCommand,
  runsCommand,
  compareCommand,
  reportCommand,
  evaluateCommand,
  predictCommand,
  checkCommand,
  doctorCommand,
  serveCommand,
]
