import type { en } from '../en.ts'

export const recipes: (typeof en)['recipes'] = {
  auto: {
    title: '自动',
    description: '先在冻结的网络上训练新的分类头；只要验证结果明显提升且时间允许，就逐步解冻更多层。',
  },
  'vgg16-feature-extraction': {
    title: 'VGG16 特征提取',
    description: '冻结整个 VGG16，只训练带一个宽全连接层的新分类头：少量图像时的经典做法。',
  },
  'resnet18-cifar10': {
    title: '适合小图像的 ResNet18',
    description: '在 32 像素下冻结 ResNet18，配合翻转、平移裁剪和 CIFAR-10 的归一化，适合很小的图像。',
  },
  'fine-tune-last-block': {
    title: '微调最后一个模块',
    description: '训练分类头，并以较小的学习率训练网络的最后一个模块。',
  },
  'full-fine-tune': {
    title: '微调整个网络',
    description: '从已发布的权重开始，配合数据增强，以较小的学习率训练所有层。',
  },
  'from-scratch': {
    title: '从零训练',
    description: '从随机权重训练整个网络：用来看出迁移学习带来多少提升的基线。',
  },
}
