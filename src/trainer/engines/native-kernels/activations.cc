#include "activations.h"

#include <algorithm>
#include <cmath>

#include "threads.h"
#include "vectors.h"

namespace thaw {
namespace {

// A piece stays in the second cache.
constexpr int64_t kPieceValues = 32 * 1024;

// e^x: 2^n e^r with |r| <= ln(2) / 2, where ln(2) is taken off in two parts (Cody and Waite, 1980), and e^r by Taylor's series to r^7, whose
// rest is below 6e-9. Without branches or calls, so that loops over it become vector code.
THAW_INLINE float Exp(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float scaled = x * 1.44269504f;
  // Rounds half away from zero, which is near enough to the nearest.
  const int32_t n = static_cast<int32_t>(scaled + (scaled < 0.0f ? -0.5f : 0.5f));
  const float whole = static_cast<float>(n);
  const float r = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;
  float sum = 1.0f / 5040;
  sum = sum * r + 1.0f / 720;
  sum = sum * r + 1.0f / 120;
  sum = sum * r + 1.0f / 24;
  sum = sum * r + 1.0f / 6;
  sum = sum * r + 0.5f;
  sum = sum * r + 1.0f;
  sum = sum * r + 1.0f;
  const int32_t bits = (n + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return sum * power;
}

THAW_INLINE float Swish(float x) { return x / (1.0f + Exp(-x)); }

THAW_INLINE float HardSwish(float x) {
  float gate = x + 3.0f;
  gate = gate < 0.0f ? 0.0f : gate;
  gate = gate > 6.0f ? 6.0f : gate;
  return x * gate * (1.0f / 6.0f);
}

// x times the normal distribution's cumulative function. By the complement of erf: Abramowitz and Stegun, Handbook of Mathematical
// Functions, 7.1.26, whose error is at most 1.5e-7.
THAW_INLINE float Gelu(float x) {
  const float z = std::fabs(x) * 0.707106781f;
  const float t = 1.0f / (1.0f + 0.3275911f * z);
  float sum = 1.061405429f;
  sum = sum * t - 1.453152027f;
  sum = sum * t + 1.421413741f;
  sum = sum * t - 0.284496736f;
  sum = sum * t + 0.254829592f;
  const float half = 0.5f * sum * t * Exp(-z * z);
  return x * (x < 0.0f ? half : 1.0f - half);
}

THAW_CLONES void SwishPiece(const float* __restrict input, int64_t count, float* __restrict output) {
  for (int64_t index = 0; index < count; ++index) output[index] = Swish(input[index]);
}

THAW_CLONES void HardSwishPiece(const float* __restrict input, int64_t count, float* __restrict output) {
  for (int64_t index = 0; index < count; ++index) output[index] = HardSwish(input[index]);
}

THAW_CLONES void GeluPiece(const float* __restrict input, int64_t count, float* __restrict output) {
  for (int64_t index = 0; index < count; ++index) output[index] = Gelu(input[index]);
}

// Eight sums side by side, then added in a fixed order.
THAW_INLINE float SumOf(const Float8& sums) {
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

THAW_CLONES void NormalizeRows(const float* __restrict input, const float* __restrict gamma,
                               const float* __restrict beta, int64_t rows, int64_t channels, float epsilon,
                               float* __restrict output) {
  const int64_t whole = channels - channels % 8;
  const float share = 1.0f / static_cast<float>(channels);
  for (int64_t row = 0; row < rows; ++row) {
    const float* values = input + row * channels;
    float* results = output + row * channels;
    Float8 part;
    Float8 sums = {};
    for (int64_t channel = 0; channel < whole; channel += 8) {
      std::memcpy(&part, values + channel, sizeof part);
      sums += part;
    }
    float sum = SumOf(sums);
    for (int64_t channel = whole; channel < channels; ++channel) sum += values[channel];
    const float mean = sum * share;
    Float8 squares = {};
    for (int64_t channel = 0; channel < whole; channel += 8) {
      std::memcpy(&part, values + channel, sizeof part);
      part -= mean;
      squares += part * part;
    }
    float square = SumOf(squares);
    for (int64_t channel = whole; channel < channels; ++channel) {
      square += (values[channel] - mean) * (values[channel] - mean);
    }
    const float inverse = 1.0f / std::sqrt(square * share + epsilon);
    for (int64_t channel = 0; channel < channels; ++channel) {
      results[channel] = (values[channel] - mean) * inverse * gamma[channel] + beta[channel];
    }
  }
}

}  // namespace

void Activate(SmoothActivation activation, const float* input, int64_t count, float* output) {
  const auto piece = activation == SmoothActivation::kSwish       ? SwishPiece
                     : activation == SmoothActivation::kHardSwish ? HardSwishPiece
                                                                  : GeluPiece;
  Threads::Shared().ForEach((count + kPieceValues - 1) / kPieceValues, [&](int64_t index) {
    const int64_t start = index * kPieceValues;
    piece(input + start, std::min(kPieceValues, count - start), output + start);
  });
}

void NormalizeLayer(const float* input, const float* gamma, const float* beta, int64_t rows, int64_t channels,
                    float epsilon, float* output) {
  const int64_t piece = std::max<int64_t>(kPieceValues / std::max<int64_t>(channels, 1), 1);
  Threads::Shared().ForEach((rows + piece - 1) / piece, [&](int64_t index) {
    const int64_t start = index * piece;
    NormalizeRows(input + start * channels, gamma, beta, std::min(piece, rows - start), channels, epsilon,
                  output + start * channels);
  });
}

}  // namespace thaw
