/** Titles and one sentence each of the recipes in src/models/training/recipes. */
export const recipes = {
  auto: {
    title: 'Automatic',
    description:
      'Begins with a new head on frozen layers, then thaws more of the network as long as validation clearly improves and time allows.',
  },
  'vgg16-feature-extraction': {
    title: 'VGG16 feature extraction',
    description: 'All of VGG16 frozen, with a new head of one wide layer: the textbook way for a few images.',
  },
  'resnet18-cifar10': {
    title: 'ResNet18 for small pictures',
    description:
      'ResNet18 frozen at 32 pixels, with flips and shifted crops and the colours of CIFAR-10, for tiny pictures.',
  },
  'fine-tune-last-block': {
    title: 'Fine-tune the last block',
    description: 'Trains the head and, more gently, the last block of the network.',
  },
  'full-fine-tune': {
    title: 'Fine-tune everything',
    description: 'Starts from published weights and gently trains every layer, with augmented images.',
  },
  'from-scratch': {
    title: 'From scratch',
    description:
      'Trains the whole network from random weights: the baseline that shows what transfer brings.',
  },
}
