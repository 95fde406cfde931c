// Activations that TensorFlow has in several passes only, each in one.
#pragma once

#include <cstdint>

namespace thaw {

enum class SmoothActivation { kSwish = 0, kHardSwish = 1, kGelu = 2 };

// output[i] = activation(input[i]); float32 to a relative 1e-6, gelu to an absolute 2e-7 of its input.
void Activate(SmoothActivation activation, const float* input, int64_t count, float* output);

// Each row of [rows, channels] by its own mean and biased variance: (x - mean) / sqrt(variance + epsilon) * gamma + beta.
void NormalizeLayer(const float* input, const float* gamma, const float* beta, int64_t rows, int64_t channels,
                    float epsilon, float* output);

}  // namespace thaw
