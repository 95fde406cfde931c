import type { en } from './en.ts'
import { app } from './zh-CN/app.ts'
import { errors } from './zh-CN/errors.ts'
import { images } from './zh-CN/images.ts'
import { recipes } from './zh-CN/recipes.ts'
import { runs } from './zh-CN/runs.ts'
import { start } from './zh-CN/start.ts'
import { train } from './zh-CN/train.ts'

export const zhCN: typeof en = { app, errors, images, recipes, runs, start, train }
