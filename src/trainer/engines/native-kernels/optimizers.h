// The update rules of src/ml/optimizers, with the same operations in the same order on the same 64 bits: so the results are equal bit for bit.
#pragma once

#include <cstdint>

namespace thaw {

struct SgdNumbers {
  double rate, momentum, decay;
  bool nesterov;
};

struct AdamNumbers {
  double rate, correction, beta1, beta2, epsilon, shrink, decay;
};

struct RmspropNumbers {
  double rate, momentum, decay, kept, epsilon;
};

// Each changes `size` values in place. Null: without momentum.
void UpdateSgd(const SgdNumbers& numbers, int64_t size, float* values, const float* slopes, float* velocity);
void UpdateAdam(const AdamNumbers& numbers, int64_t size, float* values, const float* slopes, float* first,
                float* second);
void UpdateRmsprop(const RmspropNumbers& numbers, int64_t size, float* values, const float* slopes,
                   float* mean_square, float* velocity);

}  // namespace thaw
