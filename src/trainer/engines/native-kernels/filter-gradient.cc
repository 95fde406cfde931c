// A product of matrices, (positions x window values)^T (positions x out_channels), packed for the caches as in Goto and van de Geijn,
// Anatomy of High-Performance Matrix Multiplication (2008). In a map whose channels are last, the values under one row of a window lie one
// behind another: so a row of the kernel is one run of kernel_width * in_channels values, and needs no copy for each of its columns.
#include "filter-gradient.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "threads.h"
#include "vectors.h"

namespace thaw {
namespace {

// A block of the result is held in registers: 6 rows of 16 columns in 12 registers of 8, or 12 rows in as many registers of 16. Each value is
// the same sum in the same order either way.
constexpr int64_t kColumns = 16;
template <int64_t kRows>
struct RowsOf {};
// Positions that are packed at once, so that a panel of slopes (16 columns) stays in the first cache,
constexpr int64_t kPositions = 256;
// while panels of the input with so many values at a position stay in the second and are met with it in turn.
constexpr int64_t kGroupValues = 96;
// What is copied at once of a panel of the input: a little more than it has.
template <int64_t kRows>
constexpr int64_t kCopied = kRows <= 8 ? 8 : 16;
// Parts of all positions that are summed apart, where the kernel has at most so many values.
constexpr int64_t kSlices = 8;
constexpr int64_t kPartialSums = 160 * 1024;

// The part of a block that lies within the result, where it does not have all 16 columns.
void WritePart(const float (*sums)[kColumns], float* result, int64_t stride, int64_t rows, int64_t columns, bool adds) {
  for (int64_t row = 0; row < rows; ++row) {
    float* target = result + row * stride;
    for (int64_t column = 0; column < columns; ++column) target[column] = sums[row][column] + (adds ? target[column] : 0.0f);
  }
}

// result[kRows][16] = left^T right over `depth` positions, and what it was before where `adds`; left is [depth][kRows], right [depth][16], both
// packed.
THAW_CLONES void MultiplyBlock(RowsOf<6>, int64_t depth, const float* left, const float* right, float* result,
                               int64_t stride, int64_t rows, int64_t columns, bool adds) {
  constexpr int64_t kRows = 6;
  Float8 sums[kRows][2] = {};
  for (int64_t position = 0; position < depth; ++position) {
    Float8 first, second;
    std::memcpy(&first, right, sizeof first);
    std::memcpy(&second, right + 8, sizeof second);
#pragma GCC unroll 6
    for (int64_t row = 0; row < kRows; ++row) {
      const float value = left[row];
      sums[row][0] += value * first;
      sums[row][1] += value * second;
    }
    left += kRows;
    right += kColumns;
  }
  if (columns == kColumns) {
#pragma GCC unroll 6
    for (int64_t row = 0; row < kRows; ++row) {
      if (row >= rows) break;
      float* target = result + row * stride;
      if (adds) {
        Float8 first, second;
        std::memcpy(&first, target, sizeof first);
        std::memcpy(&second, target + 8, sizeof second);
        sums[row][0] += first;
        sums[row][1] += second;
      }
      std::memcpy(target, &sums[row][0], sizeof(Float8));
      std::memcpy(target + 8, &sums[row][1], sizeof(Float8));
    }
    return;
  }
  float plain[kRows][kColumns];
  std::memcpy(plain, sums, sizeof plain);
  WritePart(plain, result, stride, rows, columns, adds);
}

#ifdef THAW_AVX512
THAW_AVX512 void MultiplyBlock(RowsOf<12>, int64_t depth, const float* left, const float* right, float* result,
                               int64_t stride, int64_t rows, int64_t columns, bool adds) {
  constexpr int64_t kRows = 12;
  Float16 sums[kRows] = {};
  for (int64_t position = 0; position < depth; ++position) {
    Float16 values;
    std::memcpy(&values, right, sizeof values);
#pragma GCC unroll 12
    for (int64_t row = 0; row < kRows; ++row) sums[row] += left[row] * values;
    left += kRows;
    right += kColumns;
  }
  if (columns == kColumns) {
#pragma GCC unroll 12
    for (int64_t row = 0; row < kRows; ++row) {
      if (row >= rows) break;
      if (adds) {
        Float16 values;
        std::memcpy(&values, result + row * stride, sizeof values);
        sums[row] += values;
      }
      std::memcpy(result + row * stride, &sums[row], sizeof(Float16));
    }
    return;
  }
  float plain[kRows][kColumns];
  std::memcpy(plain, sums, sizeof plain);
  WritePart(plain, result, stride, rows, columns, adds);
}
#endif

void Grow(std::vector<float>& values, int64_t count) {
  if (static_cast<int64_t>(values.size()) < count) values.resize(count);
}

// Copies the input under output rows [first, last) of one image, with the padding's zeros written out.
void CopyPadded(const Convolution& shape, const float* input, int64_t image, int64_t first, int64_t last,
                int64_t padded_width, float* copy) {
  const int64_t run = padded_width * shape.in_channels;
  const int64_t low = first * shape.stride_rows - shape.top;
  const int64_t high = (last - 1) * shape.stride_rows - shape.top + shape.kernel_height;
  const int64_t begin = shape.left * shape.in_channels;
  const int64_t copied = std::min(shape.width, padded_width - shape.left) * shape.in_channels;
  for (int64_t row = low; row < high; ++row, copy += run) {
    if (row < 0 || row >= shape.height) {
      std::fill_n(copy, run, 0.0f);
      continue;
    }
    const float* source = input + (image * shape.height + row) * shape.width * shape.in_channels;
    std::fill_n(copy, begin, 0.0f);
    std::memcpy(copy + begin, source, copied * sizeof(float));
    std::fill_n(copy + begin + copied, run - begin - copied, 0.0f);
  }
}

template <int64_t kRows>
void FilterGradientBy(const Convolution& shape, const float* input, const float* slopes, float* gradient) {
  constexpr int64_t kGroup = kGroupValues / kRows;
  const int64_t run = shape.kernel_width * shape.in_channels;
  const int64_t out = shape.out_channels;
  const int64_t panels_of_row = (run + kRows - 1) / kRows;
  const int64_t panels = shape.kernel_height * panels_of_row;
  const int64_t column_blocks = (out + kColumns - 1) / kColumns;
  const int64_t lines = shape.batch * shape.out_height;
  const int64_t padded_width = (shape.out_width - 1) * shape.stride_columns + shape.kernel_width;
  const int64_t padded_run = padded_width * shape.in_channels;
  const int64_t lines_at_once = std::clamp<int64_t>(kPositions / shape.out_width, 1, lines);

  // Large maps with a small kernel are shared out by positions, into partial sums that are added in order; small maps with a large kernel by
  // parts of the kernel, for each of which the maps are packed again. More tasks than threads, so that one that is held up does not hold up
  // all.
  const int64_t size = shape.kernel_height * run * out;
  const bool by_positions = size <= kPartialSums && lines >= kSlices * lines_at_once;
  const int64_t slices = by_positions ? kSlices : 1;
  const int64_t parts = by_positions ? 1 : std::min<int64_t>(panels, 2 * Threads::Shared().count());
  const std::unique_ptr<float[]> partial(by_positions ? new float[(slices - 1) * size] : nullptr);
  Threads::Shared().ForEach(slices * parts, [&](int64_t task) {
    const int64_t slice = task / parts;
    const int64_t part = task % parts;
    const int64_t first_panel = panels * part / parts;
    const int64_t last_panel = panels * (part + 1) / parts;
    const int64_t last_line = lines * (slice + 1) / slices;
    float* sums = slice == 0 ? gradient : partial.get() + (slice - 1) * size;
    const int64_t depth_limit = lines_at_once * shape.out_width;
    // Kept from call to call: new memory costs more than what is done in it.
    static thread_local std::vector<float> right, left, copy;
    Grow(right, depth_limit * column_blocks * kColumns);
    Grow(left, kGroup * depth_limit * kRows + kCopied<kRows>);
    const int64_t first_line = lines * slice / slices;
    for (int64_t line = first_line; line < last_line; line += lines_at_once) {
      const int64_t count = std::min(lines_at_once, last_line - line);
      const int64_t depth = count * shape.out_width;
      // The slopes, in panels of 16 columns.
      const float* source = slopes + line * shape.out_width * out;
      for (int64_t block = 0; block < column_blocks; ++block) {
        float* target = right.data() + block * depth * kColumns;
        const int64_t width = std::min(kColumns, out - block * kColumns);
        for (int64_t position = 0; position < depth; ++position, target += kColumns) {
          const float* from = source + position * out + block * kColumns;
          if (width == kColumns) {
            std::memcpy(target, from, kColumns * sizeof(float));
          } else {
            std::memcpy(target, from, width * sizeof(float));
            std::fill_n(target + width, kColumns - width, 0.0f);
          }
        }
      }
      // The input's rows, padded, image by image.
      int64_t copied_rows = 0;
      std::vector<int64_t> offsets(count);
      struct Piece {
        int64_t image, first, last, offset;
      };
      std::vector<Piece> pieces;
      for (int64_t index = 0; index < count;) {
        const int64_t image = (line + index) / shape.out_height;
        const int64_t first = (line + index) % shape.out_height;
        const int64_t last = std::min(shape.out_height, first + count - index);
        pieces.push_back({image, first, last, copied_rows});
        for (int64_t row = first; row < last; ++row, ++index) {
          offsets[index] = copied_rows + (row - first) * shape.stride_rows;
        }
        copied_rows += (last - first - 1) * shape.stride_rows + shape.kernel_height;
      }
      // The last panel reads past its end.
      Grow(copy, copied_rows * padded_run + kCopied<kRows>);
      for (const Piece& piece : pieces) {
        CopyPadded(shape, input, piece.image, piece.first, piece.last, padded_width,
                   copy.data() + piece.offset * padded_run);
      }
      for (int64_t group = first_panel; group < last_panel; group += kGroup) {
        const int64_t end = std::min(group + kGroup, last_panel);
        float* target = left.data();
        for (int64_t panel = group; panel < end; ++panel) {
          const int64_t start = panel / panels_of_row * padded_run + panel % panels_of_row * kRows;
          for (int64_t index = 0; index < count; ++index) {
            const float* from = copy.data() + offsets[index] * padded_run + start;
            for (int64_t column = 0; column < shape.out_width; ++column) {
              // So many at once are faster than just the panel's; the next write covers the rest.
              std::memcpy(target, from, kCopied<kRows> * sizeof(float));
              target += kRows;
              from += shape.stride_columns * shape.in_channels;
            }
          }
        }
        for (int64_t block = 0; block < column_blocks; ++block) {
          const int64_t columns = std::min(kColumns, out - block * kColumns);
          for (int64_t panel = group; panel < end; ++panel) {
            const int64_t start = panel % panels_of_row * kRows;
            float* result = sums + (panel / panels_of_row * run + start) * out + block * kColumns;
            MultiplyBlock(RowsOf<kRows>(), depth, left.data() + (panel - group) * depth * kRows,
                          right.data() + block * depth * kColumns, result, out, std::min(kRows, run - start), columns,
                          line > first_line);
          }
        }
      }
    }
  });
  for (int64_t slice = 1; slice < slices; ++slice) {
    const float* sums = partial.get() + (slice - 1) * size;
    for (int64_t index = 0; index < size; ++index) gradient[index] += sums[index];
  }
}

}  // namespace

void FilterGradient(const Convolution& shape, const float* input, const float* slopes, float* gradient) {
#ifdef THAW_AVX512
  if (HasAvx512()) return FilterGradientBy<12>(shape, input, slopes, gradient);
#endif
  FilterGradientBy<6>(shape, input, slopes, gradient);
}

}  // namespace thaw
