import { app } from './en/app.ts'
import { errors } from './en/errors.ts'
import { images } from './en/images.ts'
import { recipes } from './en/recipes.ts'
import { runs } from './en/runs.ts'
import { start } from './en/start.ts'
import { train } from './en/train.ts'

/** English, and the shape that every other language must have. */
export const en = { app, errors, images, recipes, runs, start, train }
