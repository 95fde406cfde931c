export const curves = {
  save: {
    label: 'Save the chart {title}',
    title: 'Save this chart',
    png: 'Picture',
    svg: 'Drawing',
    csv: 'Table of its values',
  },
  smoothing: 'Smoothing',
  smoothingHint: 'A moving average; what was measured stays pale behind it',
  logarithmic: 'Logarithmic loss',
  zoomHint:
    'Drag over a chart to zoom in, or turn the wheel with Ctrl; with the keyboard + and −. A double click, or 0, shows the whole curve again.',
  details: 'Rate, gradient, speed and memory',
  learningRate: 'Learning rate',
  gradientNorm: 'Gradient norm',
  imagesPerSecond: 'Images a second',
  memory: 'Memory',
  notRecorded: 'Nothing of this was recorded.',
  phase: {
    frozen: 'Phase {number}: head only',
    from: 'Phase {number}: thawed from {block}',
    everything: 'Phase {number}: all thawed',
  },
  advice: {
    title: 'What the curves say',
    divergence: {
      title: 'Training has diverged',
      text: 'In epoch {epoch} the training loss was {loss}; guessing would have {guessing}. The learning rate is too high for these layers.',
    },
    overfitting: {
      title: 'It learns the training images by heart',
      text: 'Validation loss was lowest in epoch {bestEpoch}, {epochs} epochs ago, and has risen by {rise} since, while training loss still falls.',
      kept: 'The model of the best epoch is kept.',
      notKept:
        'The model is that of the last epoch: early stopping would keep the best. More varied images, or augmentation, help most.',
    },
    plateau: {
      title: 'It no longer gets better',
      validation:
        'In the last {epochs} epochs the lowest validation loss, {lowest}, became less than 1% better.',
      train: 'In the last {epochs} epochs the lowest training loss, {lowest}, became less than 1% better.',
    },
    unfinished: {
      title: 'It could go on',
      text: 'The last epoch was the best, and the last {epochs} lowered the loss by {gain}. More epochs would likely help.',
    },
    actions: {
      stop: 'Stop and keep what was learned',
      cancel: 'Cancel this run',
      extend: 'Train longer…',
      augment: 'Train again with augmentation',
      earlyStopping: 'Train again with early stopping',
      smallerRate: 'Train again with learning rate {rate}',
      thaw: 'Train again with the last block thawed',
    },
  },
  samples: {
    title: 'Followed images',
    intro: 'The same validation images after every epoch: what the network takes them for.',
    epoch: 'after epoch {epoch}',
    right: 'right',
    wrong: 'label: {truth}',
    image: '{predicted}, {probability} sure; labelled {truth}',
    history: 'Probability of {truth} over the epochs: {values}',
    none: 'They come with the first epoch.',
  },
}
