// Batch normalization with what follows it (a sum with a shortcut, a rectifier) in as few passes over the map as there can be.
#pragma once

#include <cstdint>

namespace thaw {

enum class Activation { kLinear = 0, kRelu = 1, kRelu6 = 2 };

// Of a map [rows, channels].
struct Normalization {
  int64_t rows, channels;
  float epsilon;
  // By the batch's own statistics; else by given ones.
  bool training;
  Activation activation;
};

// output = activation((input - mean) * inverse * gamma + beta + shortcut), where inverse = 1 / sqrt(biased variance + epsilon). In training it
// sets `mean` and `variance` (unbiased) from the batch; otherwise it reads them. `shortcut` may be null.
void Normalize(const Normalization& shape, const float* input, const float* gamma, const float* beta,
               const float* shortcut, float* mean, float* variance, float* inverse, float* output);

// Gradients from that of the output. `output` is read where there is an activation; `shortcut_slopes` and, out of training,
// `gamma_slopes` and `beta_slopes` may be null.
void NormalizeGradient(const Normalization& shape, const float* slopes, const float* output, const float* input,
                       const float* gamma, const float* mean, const float* inverse, float* input_slopes,
                       float* gamma_slopes, float* beta_slopes, float* shortcut_slopes);

}  // namespace thaw
