// Separable reduction of RGB pictures, with the crop, the mirroring and the turn of an orientation folded into which
// rows and columns are asked for. Rows are summed first, into 16 bits of which 6 are a fraction.
#ifndef THAW_RESAMPLE_H_
#define THAW_RESAMPLE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "placement.h"
#include "weights.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define THAW_HAS_AVX2 1
#include <immintrin.h>
#endif

namespace thaw {

constexpr int kFractionBits = 6;
constexpr int kRowShift = kWeightBits - kFractionBits;
constexpr int kColumnShift = kWeightBits + kFractionBits;
// Bytes that may be read past the end of a decoded picture, and values past the end of a plane.
constexpr size_t kSlack = 64;

// One row of sums, by channel.
struct Planes {
  std::vector<int16_t> values;
  size_t stride = 0;

  void Resize(int count) {
    stride = static_cast<size_t>(count) + kSlack;
    values.resize(3 * stride);
  }
  int16_t* channel(int index) { return values.data() + index * stride; }
  const int16_t* channel(int index) const { return values.data() + index * stride; }
};

inline int16_t ToSum(int32_t sum) {
  const int32_t value = (sum + (1 << (kRowShift - 1))) >> kRowShift;
  return static_cast<int16_t>(std::max(-32768, std::min(value, 32767)));
}

inline uint8_t ToByte(int32_t sum) {
  const int32_t value = (sum + (1 << (kColumnShift - 1))) >> kColumnShift;
  return static_cast<uint8_t>(std::max(0, std::min(value, 255)));
}

// sums[i] = sum over k of weights[k] * rows[k * stride + i] for i below `count`.
inline void SumRows(const uint8_t* rows, size_t stride, const int16_t* weights, int taps, int count, int16_t* sums) {
  constexpr int block = 256;
  int32_t totals[block];
  for (int from = 0; from < count; from += block) {
    const int length = std::min(block, count - from);
    std::fill(totals, totals + length, 0);
    for (int tap = 0; tap < taps; ++tap) {
      const uint8_t* row = rows + tap * stride + from;
      const int32_t weight = weights[tap];
      for (int i = 0; i < length; ++i) totals[i] += weight * row[i];
    }
    for (int i = 0; i < length; ++i) sums[from + i] = ToSum(totals[i]);
  }
}

inline void Separate(const int16_t* sums, int pixels, Planes* planes) {
  for (int channel = 0; channel < 3; ++channel) {
    int16_t* plane = planes->channel(channel);
    for (int i = 0; i < pixels; ++i) plane[i] = sums[3 * i + channel];
  }
}

// `step` bytes lie between one pixel of the output and the next; planes begin at column `columns.low`.
inline void SumColumns(const Planes& planes, const Weights& columns, int kept, uint8_t* out, size_t step) {
  for (int index = 0; index < kept; ++index) {
    const int16_t* weights = &columns.values[static_cast<size_t>(index) * columns.stride];
    for (int channel = 0; channel < 3; ++channel) {
      const int16_t* in = planes.channel(channel) + columns.first[index] - columns.low;
      int32_t sum = 0;
      for (int tap = 0; tap < columns.taps; ++tap) sum += weights[tap] * in[tap];
      out[index * step + channel] = ToByte(sum);
    }
  }
}

#ifdef THAW_HAS_AVX2

// As SumRows; reads and writes up to a whole multiple of 32 values.
__attribute__((target("avx2"))) inline void SumRowsAvx2(const uint8_t* rows, size_t stride, const int16_t* weights,
                                                        int taps, int count, int16_t* sums) {
  const __m256i zero = _mm256_setzero_si256();
  const __m256i half = _mm256_set1_epi32(1 << (kRowShift - 1));
  for (int from = 0; from < count; from += 32) {
    __m256i total[4] = {half, half, half, half};
    for (int tap = 0; tap < taps; tap += 2) {
      const uint8_t* row = rows + tap * stride + from;
      // The weight beside the last of an odd number is 0.
      const uint8_t* next = tap + 1 < taps ? row + stride : row;
      int32_t pair;
      std::memcpy(&pair, weights + tap, sizeof pair);
      const __m256i weight = _mm256_set1_epi32(pair);
      const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row));
      const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(next));
      const __m256i low = _mm256_unpacklo_epi8(a, b);
      const __m256i high = _mm256_unpackhi_epi8(a, b);
      total[0] = _mm256_add_epi32(total[0], _mm256_madd_epi16(_mm256_unpacklo_epi8(low, zero), weight));
      total[1] = _mm256_add_epi32(total[1], _mm256_madd_epi16(_mm256_unpackhi_epi8(low, zero), weight));
      total[2] = _mm256_add_epi32(total[2], _mm256_madd_epi16(_mm256_unpacklo_epi8(high, zero), weight));
      total[3] = _mm256_add_epi32(total[3], _mm256_madd_epi16(_mm256_unpackhi_epi8(high, zero), weight));
    }
    for (__m256i& values : total) values = _mm256_srai_epi32(values, kRowShift);
    // Bytes 0 to 7 and 16 to 23, then 8 to 15 and 24 to 31.
    const __m256i one = _mm256_packs_epi32(total[0], total[1]);
    const __m256i two = _mm256_packs_epi32(total[2], total[3]);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + from), _mm256_permute2x128_si256(one, two, 0x20));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + from + 16), _mm256_permute2x128_si256(one, two, 0x31));
  }
}

// Where the shuffle of `take` finds, for each 16-bit value of the result, the value of that number; -1 gives 0.
__attribute__((target("avx2"))) inline __m128i Places(int a, int b, int c, int d, int e, int f, int g, int h) {
  const int from[8] = {a, b, c, d, e, f, g, h};
  alignas(16) int8_t bytes[16];
  for (int i = 0; i < 8; ++i) {
    bytes[2 * i] = static_cast<int8_t>(from[i] < 0 ? -1 : 2 * from[i]);
    bytes[2 * i + 1] = static_cast<int8_t>(from[i] < 0 ? -1 : 2 * from[i] + 1);
  }
  return _mm_load_si128(reinterpret_cast<const __m128i*>(bytes));
}

// As Separate; reads and writes up to a whole multiple of 8 pixels.
__attribute__((target("avx2"))) inline void SeparateAvx2(const int16_t* sums, int pixels, Planes* planes) {
  const __m128i places[3][3] = {
      {Places(0, 3, 6, -1, -1, -1, -1, -1), Places(-1, -1, -1, 1, 4, 7, -1, -1), Places(-1, -1, -1, -1, -1, -1, 2, 5)},
      {Places(1, 4, 7, -1, -1, -1, -1, -1), Places(-1, -1, -1, 2, 5, -1, -1, -1), Places(-1, -1, -1, -1, -1, 0, 3, 6)},
      {Places(2, 5, -1, -1, -1, -1, -1, -1), Places(-1, -1, 0, 3, 6, -1, -1, -1), Places(-1, -1, -1, -1, -1, 1, 4, 7)}};
  for (int i = 0; i < pixels; i += 8) {
    const __m128i* in = reinterpret_cast<const __m128i*>(sums + 3 * i);
    const __m128i a = _mm_loadu_si128(in);
    const __m128i b = _mm_loadu_si128(in + 1);
    const __m128i c = _mm_loadu_si128(in + 2);
    for (int channel = 0; channel < 3; ++channel) {
      const __m128i* at = places[channel];
      const __m128i ab = _mm_or_si128(_mm_shuffle_epi8(a, at[0]), _mm_shuffle_epi8(b, at[1]));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(planes->channel(channel) + i),
                       _mm_or_si128(ab, _mm_shuffle_epi8(c, at[2])));
    }
  }
}

// As SumColumns; reads planes up to kTapStep - 1 values past what has a weight.
__attribute__((target("avx2"))) inline void SumColumnsAvx2(const Planes& planes, const Weights& columns, int kept,
                                                           uint8_t* out, size_t step) {
  const __m128i half = _mm_set1_epi32(1 << (kColumnShift - 1));
  for (int index = 0; index < kept; ++index) {
    const int16_t* weights = &columns.values[static_cast<size_t>(index) * columns.stride];
    const int16_t* in = planes.channel(0) + columns.first[index] - columns.low;
    __m256i red = _mm256_setzero_si256(), green = red, blue = red;
    for (int tap = 0; tap < columns.stride; tap += kTapStep) {
      const __m256i weight = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights + tap));
      const auto product = [&](const int16_t* at) __attribute__((target("avx2"))) {
        return _mm256_madd_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)), weight);
      };
      red = _mm256_add_epi32(red, product(in + tap));
      green = _mm256_add_epi32(green, product(in + planes.stride + tap));
      blue = _mm256_add_epi32(blue, product(in + 2 * planes.stride + tap));
    }
    const __m256i sums = _mm256_hadd_epi32(_mm256_hadd_epi32(red, green), _mm256_hadd_epi32(blue, blue));
    __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    sum = _mm_srai_epi32(_mm_add_epi32(sum, half), kColumnShift);
    sum = _mm_packs_epi32(sum, sum);
    const int32_t pixel = _mm_cvtsi128_si32(_mm_packus_epi16(sum, sum));
    std::memcpy(out + index * step, &pixel, 3);
  }
}

#endif  // THAW_HAS_AVX2

// Keeps the weights and the memory of the last picture: the next one is often of the same size.
class Resampler {
 public:
  // From `decoded`, RGB rows of `stride` bytes with kSlack bytes behind the last, `width` and `height` pixels, to RGB
  // `[height, width]` as it is placed.
  void Resample(const uint8_t* decoded, size_t stride, const Placement& placement, int width, int height,
                uint8_t* out) {
    const Axis& x = placement.x;
    const Axis& y = placement.y;
    columns_.Prepare(x, placement.ratio, width);
    rows_.Prepare(y, placement.ratio, height);
    const Weights& columns = columns_.weights;
    const Weights& rows = rows_.weights;
    const int pixels = columns.high - columns.low;
    sums_.resize(3 * static_cast<size_t>(pixels) + kSlack);
    planes_.Resize(pixels);
    // Rows of the stored picture become columns where it is turned.
    const size_t between_rows = placement.turned ? 3 : 3 * static_cast<size_t>(x.kept);
    const size_t between_columns = placement.turned ? 3 * static_cast<size_t>(y.kept) : 3;
    for (int index = 0; index < y.kept; ++index) {
      const uint8_t* from = decoded + rows.first[index] * stride + 3 * static_cast<size_t>(columns.low);
      const int16_t* weights = &rows.values[static_cast<size_t>(index) * rows.stride];
      uint8_t* to = out + index * between_rows;
#ifdef THAW_HAS_AVX2
      if (has_avx2_) {
        SumRowsAvx2(from, stride, weights, rows.taps, 3 * pixels, sums_.data());
        SeparateAvx2(sums_.data(), pixels, &planes_);
        SumColumnsAvx2(planes_, columns, x.kept, to, between_columns);
        continue;
      }
#endif
      SumRows(from, stride, weights, rows.taps, 3 * pixels, sums_.data());
      Separate(sums_.data(), pixels, &planes_);
      SumColumns(planes_, columns, x.kept, to, between_columns);
    }
  }

 private:
  struct Prepared {
    Axis axis;
    int ratio = 0;
    int decoded = 0;
    Weights weights;

    void Prepare(const Axis& wanted, int wanted_ratio, int wanted_decoded) {
      if (wanted == axis && wanted_ratio == ratio && wanted_decoded == decoded) return;
      // Whatever happens on the way, nothing half made is taken for whole.
      ratio = 0;
      weights = WeightsOf(wanted, wanted_ratio, wanted_decoded);
      axis = wanted;
      decoded = wanted_decoded;
      ratio = wanted_ratio;
    }
  };

  Prepared columns_, rows_;
  std::vector<int16_t> sums_;
  Planes planes_;
#ifdef THAW_HAS_AVX2
  const bool has_avx2_ = __builtin_cpu_supports("avx2");
#endif
};

}  // namespace thaw

#endif  // THAW_RESAMPLE_H_
