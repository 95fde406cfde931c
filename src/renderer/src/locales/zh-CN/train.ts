import type { en } from '../en.ts'

export const train: (typeof en)['train'] = { title: '训练' }
