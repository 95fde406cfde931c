#include "optimizers.h"

#include <algorithm>
#include <cmath>

#include "threads.h"
#include "vectors.h"

namespace thaw {
namespace {

constexpr int64_t kPiece = 64 * 1024;

template <typename Update>
void ForPieces(int64_t size, const Update& update) {
  Threads::Shared().ForEach((size + kPiece - 1) / kPiece, [&](int64_t piece) {
    const int64_t first = piece * kPiece;
    update(first, std::min(kPiece, size - first));
  });
}

THAW_CLONES void SgdPlain(const SgdNumbers& numbers, int64_t size, float* __restrict values,
                          const float* __restrict slopes) {
  const double rate = numbers.rate, decay = numbers.decay;
  for (int64_t index = 0; index < size; ++index) {
    const double value = values[index];
    values[index] = static_cast<float>(value - rate * (slopes[index] + decay * value));
  }
}

THAW_CLONES void SgdMomentum(const SgdNumbers& numbers, int64_t size, float* __restrict values,
                             const float* __restrict slopes, float* __restrict velocity) {
  const double rate = numbers.rate, decay = numbers.decay, momentum = numbers.momentum;
  if (numbers.nesterov) {
    for (int64_t index = 0; index < size; ++index) {
      const double value = values[index];
      const double slope = slopes[index] + decay * value;
      const double next = momentum * velocity[index] + slope;
      velocity[index] = static_cast<float>(next);
      values[index] = static_cast<float>(value - rate * (slope + momentum * next));
    }
    return;
  }
  for (int64_t index = 0; index < size; ++index) {
    const double value = values[index];
    const double slope = slopes[index] + decay * value;
    const double next = momentum * velocity[index] + slope;
    velocity[index] = static_cast<float>(next);
    values[index] = static_cast<float>(value - rate * next);
  }
}

THAW_CLONES void Adam(const AdamNumbers& numbers, int64_t size, float* __restrict values,
                      const float* __restrict slopes, float* __restrict first, float* __restrict second) {
  const AdamNumbers n = numbers;
  const double rest1 = 1 - n.beta1, rest2 = 1 - n.beta2;
  for (int64_t index = 0; index < size; ++index) {
    const double value = values[index];
    const double slope = slopes[index] + n.decay * value;
    const double mean = n.beta1 * first[index] + rest1 * slope;
    const double square = n.beta2 * second[index] + rest2 * slope * slope;
    first[index] = static_cast<float>(mean);
    second[index] = static_cast<float>(square);
    values[index] =
        static_cast<float>(value * n.shrink - (n.rate * mean) / (std::sqrt(square * n.correction) + n.epsilon));
  }
}

THAW_CLONES void Rmsprop(const RmspropNumbers& numbers, int64_t size, float* __restrict values,
                         const float* __restrict slopes, float* __restrict mean_square) {
  const RmspropNumbers n = numbers;
  const double rest = 1 - n.kept;
  for (int64_t index = 0; index < size; ++index) {
    const double value = values[index];
    const double slope = slopes[index] + n.decay * value;
    const double square = n.kept * mean_square[index] + rest * slope * slope;
    mean_square[index] = static_cast<float>(square);
    values[index] = static_cast<float>(value - n.rate * (slope / (std::sqrt(square) + n.epsilon)));
  }
}

THAW_CLONES void RmspropMomentum(const RmspropNumbers& numbers, int64_t size, float* __restrict values,
                                 const float* __restrict slopes, float* __restrict mean_square,
                                 float* __restrict velocity) {
  const RmspropNumbers n = numbers;
  const double rest = 1 - n.kept;
  for (int64_t index = 0; index < size; ++index) {
    const double value = values[index];
    const double slope = slopes[index] + n.decay * value;
    const double square = n.kept * mean_square[index] + rest * slope * slope;
    mean_square[index] = static_cast<float>(square);
    const double change = slope / (std::sqrt(square) + n.epsilon) + n.momentum * velocity[index];
    velocity[index] = static_cast<float>(change);
    values[index] = static_cast<float>(value - n.rate * change);
  }
}

}  // namespace

void UpdateSgd(const SgdNumbers& numbers, int64_t size, float* values, const float* slopes, float* velocity) {
  ForPieces(size, [&](int64_t at, int64_t count) {
    if (velocity == nullptr) {
      SgdPlain(numbers, count, values + at, slopes + at);
    } else {
      SgdMomentum(numbers, count, values + at, slopes + at, velocity + at);
    }
  });
}

void UpdateAdam(const AdamNumbers& numbers, int64_t size, float* values, const float* slopes, float* first,
                float* second) {
  ForPieces(size, [&](int64_t at, int64_t count) {
    Adam(numbers, count, values + at, slopes + at, first + at, second + at);
  });
}

void UpdateRmsprop(const RmspropNumbers& numbers, int64_t size, float* values, const float* slopes,
                   float* mean_square, float* velocity) {
  ForPieces(size, [&](int64_t at, int64_t count) {
    if (velocity == nullptr) {
      Rmsprop(numbers, count, values + at, slopes + at, mean_square + at);
    } else {
      RmspropMomentum(numbers, count, values + at, slopes + at, mean_square + at, velocity + at);
    }
  });
}

}  // namespace thaw
