import type { en } from '../en.ts'

export const map: (typeof en)['map'] = {
  title: '地图',
  emptyTitle: '还没有地图',
  emptyText: '每张图像是一个点，相似的图像彼此靠近。圈出一簇即可一次标注。',
  compute: '排布图像',
  again: '重新排布',
  looking: '正在查看图像',
  placing: '正在排布',
  failed: '无法读取地图',
  count: '{count} 张图像',
  missing: '此后新增 {count} 张',
  canvas: '{count} 张图像的地图。方向键移动，加减键缩放；可在上方列表中按类别选择图像。',
  selectClass: '按类别选择',
  closer: '放大',
  further: '缩小',
  fit: '整张地图',
  selection: '选中的图像',
  selected: '未选择 | 已选择 {count} 张图像 | 已选择 {count} 张图像',
  hint: '圈出点即可选择，按住 Shift 可追加。滚轮缩放，按住 Alt 拖动可移动。',
  labelAs: '将所选标注为',
  more: '以及另外 {count} 张',
}
