import { app } from './en/app.ts'
import { augmentations } from './en/augmentations.ts'
import { backbones } from './en/backbones.ts'
import { commands } from './en/commands.ts'
import { compare } from './en/compare.ts'
import { curves } from './en/curves.ts'
import { errors } from './en/errors.ts'
import { evaluation } from './en/evaluation.ts'
import { explain } from './en/explain.ts'
import { groups } from './en/groups.ts'
import { hygiene } from './en/hygiene.ts'
import { images } from './en/images.ts'
import { intake } from './en/intake.ts'
import { listing } from './en/listing.ts'
import { map } from './en/map.ts'
import { plans } from './en/plans.ts'
import { predict } from './en/predict.ts'
import { recipes } from './en/recipes.ts'
import { report } from './en/report.ts'
import { runs } from './en/runs.ts'
import { start } from './en/start.ts'
import { storage } from './en/storage.ts'
import { suggestions } from './en/suggestions.ts'
import { suspects } from './en/suspects.ts'
import { sweep } from './en/sweep.ts'
import { train } from './en/train.ts'
import { trials } from './en/trials.ts'

/** English, and the shape that every other language must have. */
export const en = {
  app,
  augmentations,
  backbones,
  commands,
  compare,
  curves,
  errors,
  evaluation,
  explain,
  groups,
  hygiene,
  images,
  intake,
  listing,
  map,
  plans,
  predict,
  recipes,
  report,
  runs,
  start,
  storage,
  suggestions,
  suspects,
  sweep,
  train,
  trials,
}
