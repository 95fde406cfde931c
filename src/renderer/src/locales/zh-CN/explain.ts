import type { en } from '../en.ts'

export const explain: (typeof en)['explain'] = {
  open: '解释',
  title: '运行在 {name} 中看到了什么',
  run: '运行',
  noRun: '此项目还没有任何运行得到模型，请先训练一个。',
}
