import type { en } from '../en.ts'

export const explain: (typeof en)['explain'] = {
  open: '解释',
  title: '运行在 {name} 中看到了什么',
  run: '运行',
  noRun: '此项目还没有任何运行得到模型，请先训练一个。',
  tabs: { label: '显示内容', map: '热力图', layers: '网络层' },
  layerHint: '{block}，{height} × {width}，{channels} 个通道',
  aboutLayer:
    '{layer}（{height} × {width}）的 {channels} 个通道中响应最强的 {shown} 个，各自按自身范围着色。数字为大于 0 部分的平均值。',
  channel: '通道',
  activation: '大于 0 部分的平均值',
  filters: '第一层',
  filtersText: '以颜色表示 {layer} 的每个滤波器在寻找什么，各自按自身范围着色。',
  noFilters: '此网络没有用滤波器直接处理图像颜色的层。',
  label: {
    title: '图像的标签',
    none: '未标注',
    keys: '按类别的快捷键也可以修改。',
    changed: '训练这次运行时它的标签是“{name}”；下次训练将使用新标签。',
  },
  mean: {
    open: '平均热力图',
    text: '支持该类别的依据平均位于何处：叠加在网络所见图像的平均图上。',
    which: '图像',
    cell: '此单元格的图像',
    all: '{name} 的全部图像',
    class: '热力图针对的类别',
    busy: '正在计算热力图，{done} / {total} ……',
    starting: '正在计算热力图……',
    about: '{images} 张图像在 {layer}（{height} × {width}）的平均',
    aboutSome: '{total} 张图像中的 {images} 张在 {layer}（{height} × {width}）的平均',
    picture: '图像的平均',
  },
}
