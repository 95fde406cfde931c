#include "normalization.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "threads.h"
#include "vectors.h"

namespace thaw {
namespace {

// A piece of a map that stays in the second cache. Its sums are added in the pieces' order: the result does not depend on threads.
constexpr int64_t kPieceValues = 32 * 1024;

int64_t PieceRows(const Normalization& shape) {
  return std::clamp<int64_t>(kPieceValues / std::max<int64_t>(shape.channels, 1), 1, std::max<int64_t>(shape.rows, 1));
}

// A mean, then the sums of the differences from it, which correct its rounding, and of their squares.
THAW_CLONES void PieceMoments(const float* __restrict input, int64_t rows, int64_t channels, float* __restrict mean,
                              float* __restrict differences, float* __restrict squares) {
  std::fill_n(mean, channels, 0.0f);
  std::fill_n(differences, channels, 0.0f);
  std::fill_n(squares, channels, 0.0f);
  for (int64_t row = 0; row < rows; ++row) {
    const float* values = input + row * channels;
    for (int64_t channel = 0; channel < channels; ++channel) mean[channel] += values[channel];
  }
  const float share = 1.0f / static_cast<float>(rows);
  for (int64_t channel = 0; channel < channels; ++channel) mean[channel] *= share;
  for (int64_t row = 0; row < rows; ++row) {
    const float* values = input + row * channels;
    for (int64_t channel = 0; channel < channels; ++channel) {
      const float difference = values[channel] - mean[channel];
      differences[channel] += difference;
      squares[channel] += difference * difference;
    }
  }
}

template <Activation activation>
THAW_INLINE float Activate(float value) {
  if (activation != Activation::kLinear) value = value > 0.0f ? value : 0.0f;
  if (activation == Activation::kRelu6) value = value < 6.0f ? value : 6.0f;
  return value;
}

// By the output, whose zeros and sixes are where the activation is flat.
template <Activation activation>
THAW_INLINE float Passed(float slope, float output) {
  if (activation == Activation::kRelu) return output > 0.0f ? slope : 0.0f;
  if (activation == Activation::kRelu6) return output > 0.0f && output < 6.0f ? slope : 0.0f;
  return slope;
}

template <Activation activation>
THAW_INLINE void WritePiece(const float* __restrict input, const float* __restrict factor,
                            const float* __restrict offset, const float* __restrict shortcut, int64_t rows,
                            int64_t channels, float* __restrict output) {
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t start = row * channels;
    if (shortcut == nullptr) {
      for (int64_t channel = 0; channel < channels; ++channel) {
        output[start + channel] = Activate<activation>(input[start + channel] * factor[channel] + offset[channel]);
      }
    } else {
      for (int64_t channel = 0; channel < channels; ++channel) {
        output[start + channel] = Activate<activation>(input[start + channel] * factor[channel] + offset[channel] +
                                                       shortcut[start + channel]);
      }
    }
  }
}

THAW_CLONES void WritePieceOf(Activation activation, const float* input, const float* factor, const float* offset,
                              const float* shortcut, int64_t rows, int64_t channels, float* output) {
  if (activation == Activation::kRelu) {
    WritePiece<Activation::kRelu>(input, factor, offset, shortcut, rows, channels, output);
  } else if (activation == Activation::kRelu6) {
    WritePiece<Activation::kRelu6>(input, factor, offset, shortcut, rows, channels, output);
  } else {
    WritePiece<Activation::kLinear>(input, factor, offset, shortcut, rows, channels, output);
  }
}

template <Activation activation>
THAW_INLINE void SumPiece(const float* __restrict slopes, const float* __restrict output,
                          const float* __restrict input, const float* __restrict mean, int64_t rows,
                          int64_t channels, float* __restrict sums, float* __restrict products) {
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t start = row * channels;
    for (int64_t channel = 0; channel < channels; ++channel) {
      const float slope =
          Passed<activation>(slopes[start + channel], activation == Activation::kLinear ? 0 : output[start + channel]);
      sums[channel] += slope;
      products[channel] += slope * (input[start + channel] - mean[channel]);
    }
  }
}

THAW_CLONES void SumPieceOf(Activation activation, const float* slopes, const float* output, const float* input,
                            const float* mean, int64_t rows, int64_t channels, float* sums, float* products) {
  std::fill_n(sums, channels, 0.0f);
  std::fill_n(products, channels, 0.0f);
  if (activation == Activation::kRelu) {
    SumPiece<Activation::kRelu>(slopes, output, input, mean, rows, channels, sums, products);
  } else if (activation == Activation::kRelu6) {
    SumPiece<Activation::kRelu6>(slopes, output, input, mean, rows, channels, sums, products);
  } else {
    SumPiece<Activation::kLinear>(slopes, output, input, mean, rows, channels, sums, products);
  }
}

// input_slopes = slope * factor + (input - mean) * tilt + level.
template <Activation activation, bool centred>
THAW_INLINE void SlopePiece(const float* __restrict slopes, const float* __restrict output,
                            const float* __restrict input, const float* __restrict mean,
                            const float* __restrict factor, const float* __restrict tilt,
                            const float* __restrict level, int64_t rows, int64_t channels,
                            float* __restrict input_slopes, float* __restrict shortcut_slopes) {
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t start = row * channels;
    for (int64_t channel = 0; channel < channels; ++channel) {
      const float slope =
          Passed<activation>(slopes[start + channel], activation == Activation::kLinear ? 0 : output[start + channel]);
      float value = slope * factor[channel];
      if (centred) value += (input[start + channel] - mean[channel]) * tilt[channel] + level[channel];
      input_slopes[start + channel] = value;
    }
    if (shortcut_slopes == nullptr) continue;
    for (int64_t channel = 0; channel < channels; ++channel) {
      shortcut_slopes[start + channel] =
          Passed<activation>(slopes[start + channel], activation == Activation::kLinear ? 0 : output[start + channel]);
    }
  }
}

template <Activation activation>
THAW_INLINE void SlopePieceOf(bool centred, const float* slopes, const float* output, const float* input,
                              const float* mean, const float* factor, const float* tilt, const float* level,
                              int64_t rows, int64_t channels, float* input_slopes, float* shortcut_slopes) {
  if (centred) {
    SlopePiece<activation, true>(slopes, output, input, mean, factor, tilt, level, rows, channels, input_slopes,
                                 shortcut_slopes);
  } else {
    SlopePiece<activation, false>(slopes, output, input, mean, factor, tilt, level, rows, channels, input_slopes,
                                  shortcut_slopes);
  }
}

THAW_CLONES void WriteSlopes(Activation activation, bool centred, const float* slopes, const float* output,
                             const float* input, const float* mean, const float* factor, const float* tilt,
                             const float* level, int64_t rows, int64_t channels, float* input_slopes,
                             float* shortcut_slopes) {
  if (activation == Activation::kRelu) {
    SlopePieceOf<Activation::kRelu>(centred, slopes, output, input, mean, factor, tilt, level, rows, channels,
                                    input_slopes, shortcut_slopes);
  } else if (activation == Activation::kRelu6) {
    SlopePieceOf<Activation::kRelu6>(centred, slopes, output, input, mean, factor, tilt, level, rows, channels,
                                     input_slopes, shortcut_slopes);
  } else {
    SlopePieceOf<Activation::kLinear>(centred, slopes, output, input, mean, factor, tilt, level, rows, channels,
                                      input_slopes, shortcut_slopes);
  }
}

// Mean and squares of all pieces, by Chan, Golub and LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample Variances (1979).
void Moments(const Normalization& shape, const float* input, float* mean, float* variance, float* inverse) {
  const int64_t piece_rows = PieceRows(shape);
  const int64_t pieces = (shape.rows + piece_rows - 1) / piece_rows;
  const int64_t channels = shape.channels;
  std::vector<float> parts(pieces * 3 * channels);
  Threads::Shared().ForEach(pieces, [&](int64_t piece) {
    const int64_t first = piece * piece_rows;
    float* part = parts.data() + piece * 3 * channels;
    PieceMoments(input + first * channels, std::min(piece_rows, shape.rows - first), channels, part, part + channels,
                 part + 2 * channels);
  });
  for (int64_t channel = 0; channel < channels; ++channel) {
    double count = 0;
    double total_mean = 0;
    double total_squares = 0;
    for (int64_t piece = 0; piece < pieces; ++piece) {
      const double rows = static_cast<double>(std::min(piece_rows, shape.rows - piece * piece_rows));
      const float* part = parts.data() + piece * 3 * channels + channel;
      const double correction = part[channels] / rows;
      const double difference = part[0] + correction - total_mean;
      const double sum = count + rows;
      total_mean += difference * rows / sum;
      total_squares += part[2 * channels] - correction * correction * rows + difference * difference * count * rows / sum;
      count = sum;
    }
    total_squares = std::max(total_squares, 0.0);
    mean[channel] = static_cast<float>(total_mean);
    variance[channel] = static_cast<float>(total_squares / std::max(count - 1, 1.0));
    inverse[channel] = static_cast<float>(1 / std::sqrt(total_squares / count + shape.epsilon));
  }
}

}  // namespace

void Normalize(const Normalization& shape, const float* input, const float* gamma, const float* beta,
               const float* shortcut, float* mean, float* variance, float* inverse, float* output) {
  const int64_t channels = shape.channels;
  if (shape.training) {
    Moments(shape, input, mean, variance, inverse);
  } else {
    for (int64_t channel = 0; channel < channels; ++channel) {
      inverse[channel] = static_cast<float>(1 / std::sqrt(static_cast<double>(variance[channel]) + shape.epsilon));
    }
  }
  std::vector<float> factor(channels), offset(channels);
  for (int64_t channel = 0; channel < channels; ++channel) {
    factor[channel] = gamma[channel] * inverse[channel];
    offset[channel] = beta[channel] - mean[channel] * factor[channel];
  }
  const int64_t piece_rows = PieceRows(shape);
  Threads::Shared().ForEach((shape.rows + piece_rows - 1) / piece_rows, [&](int64_t piece) {
    const int64_t first = piece * piece_rows * channels;
    WritePieceOf(shape.activation, input + first, factor.data(), offset.data(),
                 shortcut == nullptr ? nullptr : shortcut + first, std::min(piece_rows, shape.rows - piece * piece_rows),
                 channels, output + first);
  });
}

void NormalizeGradient(const Normalization& shape, const float* slopes, const float* output, const float* input,
                       const float* gamma, const float* mean, const float* inverse, float* input_slopes,
                       float* gamma_slopes, float* beta_slopes, float* shortcut_slopes) {
  const int64_t channels = shape.channels;
  const int64_t piece_rows = PieceRows(shape);
  const int64_t pieces = (shape.rows + piece_rows - 1) / piece_rows;
  const auto at = [](const float* values, int64_t index) { return values == nullptr ? nullptr : values + index; };
  std::vector<float> factor(channels), tilt(channels), level(channels);
  for (int64_t channel = 0; channel < channels; ++channel) factor[channel] = gamma[channel] * inverse[channel];
  if (shape.training || gamma_slopes != nullptr) {
    std::vector<float> parts(pieces * 2 * channels);
    Threads::Shared().ForEach(pieces, [&](int64_t piece) {
      const int64_t first = piece * piece_rows * channels;
      float* part = parts.data() + piece * 2 * channels;
      SumPieceOf(shape.activation, slopes + first, at(output, first), input + first, mean,
                 std::min(piece_rows, shape.rows - piece * piece_rows), channels, part, part + channels);
    });
    for (int64_t channel = 0; channel < channels; ++channel) {
      double sum = 0;
      double product = 0;
      for (int64_t piece = 0; piece < pieces; ++piece) {
        sum += parts[piece * 2 * channels + channel];
        product += parts[(piece * 2 + 1) * channels + channel];
      }
      if (beta_slopes != nullptr) beta_slopes[channel] = static_cast<float>(sum);
      if (gamma_slopes != nullptr) gamma_slopes[channel] = static_cast<float>(product * inverse[channel]);
      const double scale = static_cast<double>(factor[channel]) / static_cast<double>(shape.rows);
      level[channel] = static_cast<float>(-scale * sum);
      tilt[channel] = static_cast<float>(-scale * product * inverse[channel] * inverse[channel]);
    }
  }
  Threads::Shared().ForEach(pieces, [&](int64_t piece) {
    const int64_t first = piece * piece_rows * channels;
    WriteSlopes(shape.activation, shape.training, slopes + first, at(output, first), input + first, mean,
                factor.data(), tilt.data(), level.data(), std::min(piece_rows, shape.rows - piece * piece_rows),
                channels, input_slopes + first, shortcut_slopes == nullptr ? nullptr : shortcut_slopes + first);
  });
}

}  // namespace thaw
