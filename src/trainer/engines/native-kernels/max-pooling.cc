#include "max-pooling.h"

#include <algorithm>
#include <vector>

#include "threads.h"
#include "vectors.h"

namespace thaw {
namespace {

// Adds the slopes, where the value is the output that has not been met yet; what was given is taken from what is left.
THAW_CLONES void GiveSlopes(const float* __restrict values, const float* __restrict output, int64_t channels,
                            float* __restrict left, float* __restrict gradient) {
  for (int64_t channel = 0; channel < channels; ++channel) {
    const bool is_it = values[channel] == output[channel];
    gradient[channel] += is_it ? left[channel] : 0.0f;
    left[channel] = is_it ? 0.0f : left[channel];
  }
}

void OneImage(const Pooling& shape, const float* input, const float* output, const float* slopes, float* gradient) {
  const int64_t channels = shape.channels;
  std::vector<float> left(channels);
  for (int64_t row = 0; row < shape.out_height; ++row) {
    const int64_t first_row = row * shape.stride_rows - shape.top;
    for (int64_t column = 0; column < shape.out_width; ++column) {
      const int64_t first_column = column * shape.stride_columns - shape.left;
      const int64_t place = (row * shape.out_width + column) * channels;
      std::copy_n(slopes + place, channels, left.data());
      for (int64_t y = std::max<int64_t>(first_row, 0); y < std::min(first_row + shape.window_height, shape.height); ++y) {
        for (int64_t x = std::max<int64_t>(first_column, 0); x < std::min(first_column + shape.window_width, shape.width);
             ++x) {
          const int64_t source = (y * shape.width + x) * channels;
          GiveSlopes(input + source, output + place, channels, left.data(), gradient + source);
        }
      }
    }
  }
}

}  // namespace

void MaxPoolGradient(const Pooling& shape, const float* input, const float* output, const float* slopes,
                     float* gradient) {
  const int64_t in = shape.height * shape.width * shape.channels;
  const int64_t out = shape.out_height * shape.out_width * shape.channels;
  Threads::Shared().ForEach(shape.batch, [&](int64_t image) {
    std::fill_n(gradient + image * in, in, 0.0f);
    OneImage(shape, input + image * in, output + image * out, slopes + image * out, gradient + image * in);
  });
}

}  // namespace thaw
