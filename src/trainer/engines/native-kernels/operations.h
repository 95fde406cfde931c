#pragma once

namespace thaw {

// Makes Thaw's kernels known to TensorFlow in this process, as operations by the names ThawFilterGradient, ThawNormalize and
// ThawNormalizeGradient. Returns null, or what TensorFlow said against it.
const char* RegisterOperations();

}  // namespace thaw
