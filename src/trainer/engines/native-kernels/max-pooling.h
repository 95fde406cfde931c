// The gradient of max pooling in one pass.
#pragma once

#include <cstdint>

namespace thaw {

// Maps [batch, height, width, channels] and [batch, out_height, out_width, channels]; padding before the first row and column.
struct Pooling {
  int64_t batch, height, width, channels, out_height, out_width;
  int64_t window_height, window_width, stride_rows, stride_columns, top, left;
};

// The slope of each output goes to the first value of its window, by rows, that equals it.
void MaxPoolGradient(const Pooling& shape, const float* input, const float* output, const float* slopes,
                     float* gradient);

}  // namespace thaw
