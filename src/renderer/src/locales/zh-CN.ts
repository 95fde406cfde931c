import type { en } from './en.ts'
import { app } from './zh-CN/app.ts'
import { augmentations } from './zh-CN/augmentations.ts'
import { backbones } from './zh-CN/backbones.ts'
import { commands } from './zh-CN/commands.ts'
import { compare } from './zh-CN/compare.ts'
import { curves } from './zh-CN/curves.ts'
import { errors } from './zh-CN/errors.ts'
import { evaluation } from './zh-CN/evaluation.ts'
import { explain } from './zh-CN/explain.ts'
import { groups } from './zh-CN/groups.ts'
import { hygiene } from './zh-CN/hygiene.ts'
import { images } from './zh-CN/images.ts'
import { intake } from './zh-CN/intake.ts'
import { listing } from './zh-CN/listing.ts'
import { map } from './zh-CN/map.ts'
import { plans } from './zh-CN/plans.ts'
import { predict } from './zh-CN/predict.ts'
import { recipes } from './zh-CN/recipes.ts'
import { report } from './zh-CN/report.ts'
import { runs } from './zh-CN/runs.ts'
import { start } from './zh-CN/start.ts'
import { storage } from './zh-CN/storage.ts'
import { suggestions } from './zh-CN/suggestions.ts'
import { suspects } from './zh-CN/suspects.ts'
import { sweep } from './zh-CN/sweep.ts'
import { train } from './zh-CN/train.ts'
import { trials } from './zh-CN/trials.ts'

export const zhCN: typeof en = {
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
