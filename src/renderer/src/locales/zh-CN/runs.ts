import type { en } from '../en.ts'

export const runs: (typeof en)['runs'] = { title: '运行记录' }
