// Which part of a stored picture the network's rectangle is, as sharp 0.35 places it (src/pipeline.cc, src/common.cc).
#ifndef THAW_PLACEMENT_H_
#define THAW_PLACEMENT_H_

#include <algorithm>
#include <cmath>

#include "jpeg-header.h"

namespace thaw {

// One axis of the stored picture, and what is wanted of it.
struct Axis {
  // Pixels of the stored picture at full size, and what sharp takes for that: once it has the file decoded at a
  // fraction of its size, a last pixel that is not whole is left out.
  int length = 0;
  int extent = 0;
  // Full-size pixels for one pixel of the resized picture, at least 1.
  double shrink = 1;
  // Pixels of the resized picture, before it is cut.
  int resized = 0;
  // The part of it that is kept, counted in the upright direction.
  int from = 0;
  int kept = 0;
  // Whether the upright direction is against the stored one.
  bool mirrored = false;

  bool operator==(const Axis& other) const {
    return length == other.length && extent == other.extent && shrink == other.shrink && resized == other.resized &&
           from == other.from && kept == other.kept && mirrored == other.mirrored;
  }
};

struct Placement {
  Axis x, y;
  // The file is decoded at 1 / ratio of its size.
  int ratio = 1;
  // Whether rows of the stored picture become columns.
  bool turned = false;
};

// What sharp has libjpeg divide the size by, for the smaller of the two axes' reductions.
inline int RatioOfSharp(double shrink) {
  const int ratio = shrink >= 8 ? 8 : shrink >= 4 ? 4 : shrink >= 2 ? 2 : 1;
  return ratio > 1 && static_cast<int>(shrink) == ratio ? ratio / 2 : ratio;
}

// Returns false where an axis would have to be enlarged.
inline bool Place(const JpegHeader& header, int width, int height, bool stretch, Placement* placement) {
  const int orientation = header.orientation;
  Axis& x = placement->x;
  Axis& y = placement->y;
  placement->turned = orientation >= 5;
  x.length = header.width;
  y.length = header.height;
  x.kept = placement->turned ? height : width;
  y.kept = placement->turned ? width : height;
  const double least =
      std::min(static_cast<double>(x.length) / x.kept, static_cast<double>(y.length) / y.kept);
  if (least < 1) return false;
  // Another one makes other pixels: at 2 instead of 1, up to 4 of 255 on average in pictures full of detail.
  const int ratio = placement->ratio = RatioOfSharp(least);
  for (Axis* axis : {&x, &y}) {
    axis->extent = axis->length / ratio * ratio;
    axis->shrink = static_cast<double>(axis->extent) / axis->kept;
  }
  if (!stretch) x.shrink = y.shrink = std::min(x.shrink, y.shrink);
  for (Axis* axis : {&x, &y}) {
    axis->resized = static_cast<int>(std::floor(axis->extent / axis->shrink + 0.5));
    axis->from = (axis->resized - axis->kept + 1) / 2;
  }
  x.mirrored = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  y.mirrored = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  return true;
}

}  // namespace thaw

#endif  // THAW_PLACEMENT_H_
