/** The same network in the peers' packages: a constructor of keras.applications with its arguments, one of torchvision.models with the part to run. */
export interface PeerModels {
  readonly keras?: string
  readonly torch?: string
}

/** By a backbone's id. Where Keras's network differs in more than rounding (ResNet50's strides), it is left to the id that has its graph. */
export const peerModels: Readonly<Record<string, PeerModels>> = {
  vgg11: { torch: 'vgg11 features' },
  vgg11_bn: { torch: 'vgg11_bn features' },
  vgg13: { torch: 'vgg13 features' },
  vgg13_bn: { torch: 'vgg13_bn features' },
  vgg16: { keras: 'VGG16 include_top=false', torch: 'vgg16 features' },
  vgg16_bn: { torch: 'vgg16_bn features' },
  vgg19: { keras: 'VGG19 include_top=false', torch: 'vgg19 features' },
  vgg19_bn: { torch: 'vgg19_bn features' },
  resnet18: { torch: 'resnet18' },
  resnet34: { torch: 'resnet34' },
  resnet50: { torch: 'resnet50' },
  resnet101: { torch: 'resnet101' },
  'resnet50-keras': { keras: 'ResNet50' },
  inception_v3: { torch: 'inception_v3' },
  'inception_v3-keras': { keras: 'InceptionV3' },
  densenet121: { keras: 'DenseNet121', torch: 'densenet121' },
  squeezenet1_0: { torch: 'squeezenet1_0' },
  squeezenet1_1: { torch: 'squeezenet1_1' },
}
