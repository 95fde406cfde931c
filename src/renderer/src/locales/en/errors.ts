import type { ErrorCode } from '../../../../contract/errors.ts'

const codes: Record<ErrorCode, string> = {
  internal: 'Something failed that should not have. The log has the details.',
  'invalid-input': 'Thaw did not accept this value. Check it and try again.',
  cancelled: 'This was cancelled.',
  'disk-full': 'The disk is full. Free some space and try again; what was saved before is safe.',
  'permission-denied': 'Thaw may not read or write here. Check the permissions, or choose another place.',
  'connection-lost': 'The connection was lost before an answer came. Check whether the change was made.',
  'upload-not-found': 'What was sent is no longer here. Drop or choose the files once more.',
  'upload-too-large':
    'This is more than the page may send. Choose the files by their path on this computer, or send fewer.',
  'project-not-found': 'There is no project here. It may have been moved or closed.',
  'project-exists': 'There is already a project here. Open it instead, or choose another place.',
  'project-not-a-project': 'This folder is not a Thaw project. Choose a folder that ends in .thaw.',
  'project-newer': 'This project was made by a newer version of Thaw. Update Thaw to open it.',
  'project-locked': 'This project is open in another Thaw. Close it there first.',
  'project-damaged': 'This project’s database is damaged. Run a check with repair, or restore a copy.',
  'project-name-invalid': 'This name cannot be used for a project. Choose another one.',
  'source-not-found': 'This folder or file does not exist. Check the path.',
  'source-not-a-folder': 'This is a file; a folder is needed. Choose the folder that holds the pictures.',
  'no-images': 'There are no image files here. Choose a folder that holds pictures.',
  'import-format-unknown':
    'This is no data set that Thaw reads. Choose a folder with pictures, a zip archive, a CSV file, JSON of COCO or Label Studio, binaries of CIFAR, or a project.',
  'import-invalid': 'This data set is damaged, or is not what it seems to be. Nothing was imported.',
  'target-exists': 'There is something at this place already. Choose another name, or an empty folder.',
  'image-not-found': 'This image is no longer in the project.',
  'image-missing': 'The file of this image is not where it was. Put it back, or remove the image.',
  'image-unreadable': 'The file of this image cannot be read as an image.',
  'features-missing':
    'What images look like was not computed for this image yet. Choose Similar images again to compute it.',
  'class-not-found': 'This class is no longer in the project.',
  'view-not-found': 'This view is not there any more.',
  'view-exists': 'There is already a view of this name. Choose another name.',
  'view-name-invalid': 'A view needs a name of at most 100 characters.',
  'class-key-invalid':
    'This key cannot stand for a class: choose one letter, digit or sign that the interface does not use itself.',
  'class-exists': 'There is already a class of this name. Choose another name.',
  'class-name-invalid': 'This name cannot be used for a class. Choose another one.',
  'nothing-to-undo': 'There is nothing to undo.',
  'nothing-to-redo': 'There is nothing to redo.',
  'split-invalid':
    'These split sizes do not work. Validation and test together must leave images to train on.',
  'backbone-not-found': 'There is no backbone of this name.',
  'layer-not-found': 'The backbone has no layer of this name.',
  'layer-too-small': 'This layer has too few positions for a heat map. Choose an earlier layer.',
  'weights-missing':
    'The weights of this backbone are not on this computer. Add them, or choose another backbone.',
  'weights-invalid': 'The weights file is damaged or does not fit this backbone. Add it again.',
  'weights-mismatch':
    'The weights in this file are of another network. Choose the backbone they belong to, or another file.',
  'weights-unsafe':
    'This file holds more than weights, such as a program or paths to other files, and was refused. Save the weights alone.',
  'weights-format-unknown':
    'This is no file of weights that Thaw reads: Keras, PyTorch, safetensors, or a TensorFlow.js layers model.',
  'model-unsupported':
    'This model has layers, or takes images, that Thaw does not know, so it cannot become a backbone. The details name them.',
  'download-unavailable':
    'These weights cannot be downloaded: no hash is published that they could be checked by. Get the file, and add it by hand.',
  'download-failed':
    'The file could not be downloaded. Check the connection and the proxy and try again; or get the file elsewhere and add it by hand.',
  'download-invalid':
    'What came is not the file that its publisher names. It was deleted, and nothing was installed. Try again, or get it elsewhere and add it by hand.',
  'run-not-found': 'This run is no longer in the project.',
  'run-not-active': 'This run is not running any more.',
  'run-not-ended': 'This run has not ended yet. Wait for it, or stop it.',
  'run-has-no-model': 'This run ended before it had a model.',
  'run-not-resumable': 'This run cannot go on: it is still active, or it has all of its epochs.',
  'run-group-not-found': 'This group of runs is no longer in the project.',
  'recipe-not-found': 'There is no recipe of this name.',
  'too-few-classes': 'Training needs images of at least two classes. Label images of another class first.',
  'too-few-images': 'There are too few labelled images to train on. Label more first.',
  'plan-invalid': 'These settings do not fit together. Check them and try again.',
  'plan-file-invalid': 'This file is no plan that Thaw can use.',
  'saved-plan-not-found': 'This plan is not there any more.',
  'saved-plan-exists': 'There is already a plan of this name. Choose another name.',
  'saved-plan-name-invalid': 'A plan needs a name of at most 100 characters.',
  'engine-unavailable':
    'This compute engine does not work on this computer. Choose another, or the automatic choice.',
  'trainer-died':
    'The training process ended unexpectedly. What was learned up to the last checkpoint is kept.',
  'trainer-hung': 'The training process stopped answering and was ended. Try again.',
  'out-of-memory': 'There was not enough memory. Use a smaller batch, or freeze more layers.',
  'loss-not-finite': 'The loss became infinite or undefined. Try a smaller learning rate.',
  'checkpoint-invalid': 'The checkpoint of this run is damaged. Train again.',
  'temperature-missing':
    'This run has no temperature: that takes a validation split with some mistakes. Use the probabilities as they are.',
  'no-test-images': 'There are no labelled images in this split. Make a split first.',
  'job-not-found': 'This work has already ended.',
}

export const errors = {
  codes,
  title: 'That did not work',
  facts: {
    address: 'Address',
    path: 'Path',
    name: 'Name',
    class: 'Class',
    reason: 'Reason',
    signal: 'Signal',
    exitCode: 'Exit code',
    logId: 'Log id',
    holder: 'Held by',
    expected: 'Expected',
    received: 'Received',
  },
}
