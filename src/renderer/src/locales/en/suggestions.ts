export const suggestions = {
  title: 'Suggestions',
  toggle: 'Suggest labels',
  toggleHint:
    'A small classifier learns from your labels in the background and proposes classes for the other images.',
  proposed: 'Proposed:',
  status: {
    off: 'Classes are proposed for images without a label once this is on.',
    given:
      'A run proposes the class of {count} new image. | A run proposes the class of {count} new image. | A run proposes the classes of {count} new images.',
    starting: 'Starting to learn from your labels …',
    features: 'Looking at the images',
    training: 'Learning from your labels …',
    waiting: 'Waits until images are read and no training runs.',
    failed: 'Could not learn from your labels.',
    none: 'Label a few images; until then the most different ones are suggested.',
    neighbours:
      'By the most similar labelled images: | By the most similar of {count} labelled image | By the most similar of {count} labelled images',
    head: 'Learned from {count} label | Learned from {count} label | Learned from {count} labels',
    headJudged:
      'Learned from {count} labels, {accuracy} right on labels it did not see | Learned from {count} label, {accuracy} right on labels it did not see | Learned from {count} labels, {accuracy} right on labels it did not see',
  },
  expected: 'about {accuracy} with {count} more',
  pace: '{count} images an hour | {count} image an hour | {count} images an hour',
  strategy: 'Which images to label next',
  strategies: {
    mixed: { name: 'Teaches most', hint: 'Uncertain, and unlike each other' },
    uncertainty: { name: 'Most uncertain', hint: 'Lowest probability first' },
    margin: { name: 'Closest call', hint: 'Torn between two classes' },
    diversity: { name: 'Most different', hint: 'Farthest from what is labelled' },
    random: { name: 'Random', hint: 'Drawn, the same each time' },
  },
  showNext: 'Show next {count}',
  nothingLeft: 'Every image that the filter shows has a label.',
  listed: '{count} image to label next is shown | {count} images to label next are shown',
  accept: 'Accept {count} | Accept | Accept {count}',
  acceptedOne: 'Accepted: {name}',
  accepted: 'Accepted {count} proposal | Accepted {count} proposals',
  selectAlike: 'Select alike',
  alike: 'Selected {count} image that looks alike | Selected {count} images that look alike',
}
