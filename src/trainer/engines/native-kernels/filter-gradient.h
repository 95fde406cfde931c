// The gradient of a convolution by its kernel.
#pragma once

#include <cstdint>

namespace thaw {

// Maps are [batch, height, width, channels], the kernel is [kernel_height, kernel_width, in_channels, out_channels].
struct Convolution {
  int64_t batch, height, width, in_channels;
  int64_t out_height, out_width, out_channels;
  int64_t kernel_height, kernel_width;
  int64_t stride_rows, stride_columns;
  int64_t top, left;
};

// Sets `gradient` (of the kernel's shape) from the input and the gradient of the output. The order of every sum is fixed: it depends on
// shapes only, not on threads.
void FilterGradient(const Convolution& shape, const float* input, const float* slopes, float* gradient);

}  // namespace thaw
