import type { en } from '../en.ts'

export const curves: typeof en.curves = {
  save: {
    label: '保存图表“{title}”',
    title: '保存此图表',
    png: '图片',
    svg: '矢量图',
    csv: '数值表格',
  },
  smoothing: '平滑',
  smoothingHint: '移动平均；原始数据以浅色显示在后面',
  logarithmic: '损失用对数坐标',
  zoomHint: '在图表上拖动可放大，也可按住 Ctrl 滚动滚轮，或用键盘 + 和 −；双击或按 0 恢复完整曲线。',
  details: '学习率、梯度、速度与内存',
  learningRate: '学习率',
  gradientNorm: '梯度范数',
  imagesPerSecond: '每秒图像数',
  memory: '内存',
  notRecorded: '没有记录这项数据。',
  phase: {
    frozen: '阶段 {number}：仅分类头',
    from: '阶段 {number}：自 {block} 起解冻',
    everything: '阶段 {number}：全部解冻',
  },
  advice: {
    title: '曲线说明了什么',
    divergence: {
      title: '训练已发散',
      text: '第 {epoch} 轮的训练损失为 {loss}，而随机猜测只有 {guessing}。学习率对这些层来说过高。',
    },
    overfitting: {
      title: '正在死记训练图像（过拟合）',
      text: '验证损失在 {epochs} 轮之前的第 {bestEpoch} 轮最低，此后上升了 {rise}，而训练损失仍在下降。',
      kept: '最佳轮次的模型会被保留。',
      notKept: '保留的是最后一轮的模型；启用早停才会保留最佳轮次。更多样的图像或数据增强最有帮助。',
    },
    plateau: {
      title: '已不再提升',
      validation: '最近 {epochs} 轮中，最低验证损失 {lowest} 的改善不足 1%。',
      train: '最近 {epochs} 轮中，最低训练损失 {lowest} 的改善不足 1%。',
    },
    unfinished: {
      title: '还可以继续训练',
      text: '最后一轮最好，且最近 {epochs} 轮使损失降低了 {gain}。增加轮数很可能有帮助。',
    },
    actions: {
      stop: '停止并保留已学到的内容',
      cancel: '取消此次训练',
      extend: '延长训练…',
      augment: '加上数据增强重新训练',
      earlyStopping: '启用早停重新训练',
      smallerRate: '以学习率 {rate} 重新训练',
      thaw: '解冻最后一个块重新训练',
    },
  },
  samples: {
    title: '跟踪的图像',
    intro: '每轮之后都看同样几张验证图像：网络把它们认作什么。',
    epoch: '第 {epoch} 轮之后',
    right: '正确',
    wrong: '标签：{truth}',
    image: '{predicted}，把握 {probability}；标签为 {truth}',
    history: '各轮中 {truth} 的概率：{values}',
    none: '第一轮结束后显示。',
  },
}
