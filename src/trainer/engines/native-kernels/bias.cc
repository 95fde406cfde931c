#include "bias.h"

#include <algorithm>
#include <limits>

#include "threads.h"
#include "vectors.h"

namespace thaw {
namespace {

// A piece stays in the second cache.
constexpr int64_t kPieceValues = 32 * 1024;

THAW_CLONES void AddLinear(const float* __restrict bias, int64_t rows, int64_t channels, float* __restrict map) {
  for (int64_t row = 0; row < rows; ++row, map += channels) {
    for (int64_t channel = 0; channel < channels; ++channel) map[channel] += bias[channel];
  }
}

// Between 0 and `most`.
THAW_CLONES void AddRectified(const float* __restrict bias, float most, int64_t rows, int64_t channels,
                              float* __restrict map) {
  for (int64_t row = 0; row < rows; ++row, map += channels) {
    for (int64_t channel = 0; channel < channels; ++channel) {
      float value = map[channel] + bias[channel];
      value = value > 0.0f ? value : 0.0f;
      map[channel] = value < most ? value : most;
    }
  }
}

}  // namespace

void AddBias(Activation activation, const float* bias, int64_t rows, int64_t channels, float* map) {
  const int64_t piece = std::max<int64_t>(kPieceValues / std::max<int64_t>(channels, 1), 1);
  const float most = activation == Activation::kRelu6 ? 6.0f : std::numeric_limits<float>::infinity();
  Threads::Shared().ForEach((rows + piece - 1) / piece, [&](int64_t index) {
    const int64_t first = index * piece;
    const int64_t count = std::min(piece, rows - first);
    if (activation == Activation::kLinear) AddLinear(bias, count, channels, map + first * channels);
    else AddRectified(bias, most, count, channels, map + first * channels);
  });
}

}  // namespace thaw
