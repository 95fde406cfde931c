// The weights of a separable reduction by Lanczos's kernel of three lobes, in whole numbers: every processor computes
// the same pixels.
#ifndef THAW_WEIGHTS_H_
#define THAW_WEIGHTS_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "placement.h"

namespace thaw {

// Weights are multiples of 1 / 2^14, so that 16 bits hold all those up to two.
constexpr int kWeightBits = 14;
// Taps are counted in steps of so many; those too many weigh nothing.
constexpr int kTapStep = 16;

// Output i of an axis is the sum of values[i * stride + k] * input[first[i] + k] for k below `taps`.
struct Weights {
  int taps = 0;
  // Taps with those of weight 0 that round their number up.
  int stride = 0;
  // Input used by any output, from `low` to before `high`.
  int low = 0;
  int high = 0;
  std::vector<int> first;
  std::vector<int16_t> values;
};

// sinc(x) sinc(x / 3) for |x| < 3, else 0 (Lanczos's kernel; Turkowski, Graphics Gems I, 1990), read off a table whose
// steps are fine enough for eight bits: computing it took longer than using it.
inline float Lanczos3(double x) {
  constexpr int steps = 1024;
  // Never freed: threads may still decode while the process ends.
  static const float* const table = [] {
    constexpr double pi = 3.14159265358979323846;
    float* values = new float[3 * steps + 2]();
    values[0] = 1;
    for (int index = 1; index < 3 * steps; ++index) {
      const double at = pi * index / steps;
      values[index] = static_cast<float>(3 * std::sin(at) * std::sin(at / 3) / (at * at));
    }
    return values;
  }();
  const double position = std::abs(x) * steps;
  if (position >= 3 * steps) return 0;
  const int index = static_cast<int>(position);
  const float rest = static_cast<float>(position - index);
  return table[index] + rest * (table[index + 1] - table[index]);
}

// Rounds weights to whole numbers whose sum is exactly 1: what is left over goes to the heaviest.
inline void RoundWeights(const std::vector<float>& weights, int16_t* rounded) {
  float sum = 0;
  for (const float weight : weights) sum += weight;
  const float scale = (1 << kWeightBits) / sum;
  int left = 1 << kWeightBits;
  size_t heaviest = 0;
  for (size_t tap = 0; tap < weights.size(); ++tap) {
    rounded[tap] = static_cast<int16_t>(std::lrint(weights[tap] * scale));
    left -= rounded[tap];
    if (weights[tap] > weights[heaviest]) heaviest = tap;
  }
  rounded[heaviest] = static_cast<int16_t>(rounded[heaviest] + left);
}

// `decoded` pixels of the axis are there, each `ratio` full-size ones wide. Centres of the whole pictures lie on each
// other; what lies beyond an edge is the edge's pixel.
inline Weights WeightsOf(const Axis& axis, int ratio, int decoded) {
  const double scale = axis.shrink / ratio;
  const double support = 3 * scale;
  Weights weights;
  weights.taps = std::min(decoded, static_cast<int>(std::ceil(2 * support)) + 1);
  weights.stride = (weights.taps + kTapStep - 1) / kTapStep * kTapStep;
  weights.first.resize(axis.kept);
  weights.values.assign(static_cast<size_t>(axis.kept) * weights.stride, 0);
  weights.low = decoded;
  std::vector<float> exact(weights.taps);
  for (int index = 0; index < axis.kept; ++index) {
    const int upright = axis.from + index;
    const int position = axis.mirrored ? axis.resized - 1 - upright : upright;
    const double centre = ((position + 0.5 - axis.resized / 2.0) * axis.shrink + axis.extent / 2.0) / ratio - 0.5;
    const int start = static_cast<int>(std::ceil(centre - support));
    const int end = static_cast<int>(std::floor(centre + support));
    const int first = std::max(0, std::min(start, decoded - weights.taps));
    std::fill(exact.begin(), exact.end(), 0.0f);
    for (int at = start; at <= end; ++at) {
      const int inside = std::max(0, std::min(at, decoded - 1));
      exact[std::max(0, std::min(inside - first, weights.taps - 1))] += Lanczos3((at - centre) / scale);
    }
    RoundWeights(exact, &weights.values[static_cast<size_t>(index) * weights.stride]);
    weights.first[index] = first;
    weights.low = std::min(weights.low, first);
    weights.high = std::max(weights.high, first + weights.taps);
  }
  return weights;
}

}  // namespace thaw

#endif  // THAW_WEIGHTS_H_
