// A product of matrices, (positions x window values)^T (positions x out_channels), packed for the caches as in Goto and van de Geijn,
// Anatomy of High-Performance Matrix Multiplication (2008). In a map whose channels are last, the values under one row of a window lie one
// behind another: so a row of the kernel is one run of kernel_width * in_channels values, and needs no copy for each of its columns.
#include "filter-gradient.h"

#include <algorithm>
#include <vector>

#include "threads.h"
#include "vectors.h"

namespace thaw {
namespace {

constexpr int64_t kRows = 6;      // Of a block of the result that is held in registers,
constexpr int64_t kColumns = 16;  // and its columns: 12 registers of 8.
// Positions that are packed at once, so that a panel of slopes (16 columns) stays in the first cache,
constexpr int64_t kPositions = 256;
// while this many panels of the input (6 values each) stay in the second and are met with it in turn.
constexpr int64_t kGroup = 16;
// Parts of all positions that are summed apart, where the kernel has at most so many values.
constexpr int64_t kSlices = 8;
constexpr int64_t kPartialSums = 160 * 1024;

// result[6][16] += left^T right over `depth` positions; left is [depth][6], right [depth][16], both packed.
THAW_CLONES void MultiplyBlock(int64_t depth, const float* left, const float* right, float* result,
                               int64_t stride, int64_t rows, int64_t columns) {
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
      Float8 first, second;
      std::memcpy(&first, target, sizeof first);
      std::memcpy(&second, target + 8, sizeof second);
      first += sums[row][0];
      second += sums[row][1];
      std::memcpy(target, &first, sizeof first);
      std::memcpy(target + 8, &second, sizeof second);
    }
    return;
  }
  float plain[kRows][kColumns];
  std::memcpy(plain, sums, sizeof plain);
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) result[row * stride + column] += plain[row][column];
  }
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

}  // namespace

void FilterGradient(const Convolution& shape, const float* input, const float* slopes, float* gradient) {
  const int64_t run = shape.kernel_width * shape.in_channels;
  const int64_t out = shape.out_channels;
  std::fill_n(gradient, shape.kernel_height * run * out, 0.0f);
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
  std::vector<float> partial(by_positions ? (slices - 1) * size : 0, 0.0f);
  Threads::Shared().ForEach(slices * parts, [&](int64_t task) {
    const int64_t slice = task / parts;
    const int64_t part = task % parts;
    const int64_t first_panel = panels * part / parts;
    const int64_t last_panel = panels * (part + 1) / parts;
    const int64_t last_line = lines * (slice + 1) / slices;
    float* sums = slice == 0 ? gradient : partial.data() + (slice - 1) * size;
    const int64_t depth_limit = lines_at_once * shape.out_width;
    std::vector<float> right(depth_limit * column_blocks * kColumns);
    std::vector<float> left(kGroup * depth_limit * kRows + 8);
    std::vector<float> copy;
    for (int64_t line = lines * slice / slices; line < last_line; line += lines_at_once) {
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
      // A panel reads up to 8 values at its end.
      copy.resize(copied_rows * padded_run + 8);
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
              // Eight at once are faster than six; the next write covers the rest.
              std::memcpy(target, from, 8 * sizeof(float));
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
            MultiplyBlock(depth, left.data() + (panel - group) * depth * kRows,
                          right.data() + block * depth * kColumns, result, out, std::min(kRows, run - start), columns);
          }
        }
      }
    }
  });
  for (int64_t slice = 1; slice < slices; ++slice) {
    const float* sums = partial.data() + (slice - 1) * size;
    for (int64_t index = 0; index < size; ++index) gradient[index] += sums[index];
  }
}

}  // namespace thaw
