export const map = {
  title: 'Map',
  emptyTitle: 'No map yet',
  emptyText:
    'Every image becomes a point; images that look alike lie near each other. Draw around a cluster to label it at once.',
  compute: 'Lay out the images',
  again: 'Lay out again',
  looking: 'Looking at the images',
  placing: 'Laying out',
  failed: 'The map could not be read',
  count: 'no images | {count} image | {count} images',
  missing: '{count} image came since | {count} images came since',
  canvas:
    'Map of {count} images. Arrow keys move it, plus and minus zoom; images are selected by class in the list above.',
  selectClass: 'Select by class',
  closer: 'Closer',
  further: 'Further',
  fit: 'Whole map',
  selection: 'Selected images',
  selected: 'Nothing selected | {count} image selected | {count} images selected',
  hint: 'Draw around points to select them; hold Shift to add. The wheel zooms; drag with Alt to move.',
  labelAs: 'Label the selection as',
  more: 'and {count} more',
}
