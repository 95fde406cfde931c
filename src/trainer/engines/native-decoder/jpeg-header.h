// What a JPEG file says of itself before its first scan: ITU-T T.81, annex B; for the orientation Exif 2.32, 4.6.4.
#ifndef THAW_JPEG_HEADER_H_
#define THAW_JPEG_HEADER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace thaw {

struct JpegHeader {
  int width = 0;
  int height = 0;
  // 1 upright, to 8; see Exif's tag 0x0112.
  int orientation = 1;
  // Whether its coefficients come in several scans, so that they are all kept until the last.
  bool has_several_scans = false;
};

inline int ReadBig16(const uint8_t* at) { return at[0] << 8 | at[1]; }

// Reads tag 0x0112 of the first directory. Returns false where the block is malformed: others may read more into it.
inline bool ReadOrientation(const uint8_t* tiff, size_t size, int* orientation) {
  if (size < 8) return false;
  const bool little = tiff[0] == 'I' && tiff[1] == 'I';
  if (!little && !(tiff[0] == 'M' && tiff[1] == 'M')) return false;
  auto read16 = [&](size_t at) -> uint32_t {
    return little ? tiff[at] | tiff[at + 1] << 8 : tiff[at] << 8 | tiff[at + 1];
  };
  auto read32 = [&](size_t at) -> uint32_t {
    return little ? read16(at) | read16(at + 2) << 16 : read16(at) << 16 | read16(at + 2);
  };
  if (read16(2) != 42) return false;
  const size_t directory = read32(4);
  if (directory > size || size - directory < 2) return false;
  const size_t count = read16(directory);
  if ((size - directory - 2) / 12 < count) return false;
  for (size_t index = 0; index < count; ++index) {
    const size_t entry = directory + 2 + 12 * index;
    if (read16(entry) != 0x0112) continue;
    const uint32_t type = read16(entry + 2);
    if (type != 3 || read32(entry + 4) != 1) return false;
    const uint32_t value = read16(entry + 8);
    *orientation = value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    return true;
  }
  return true;
}

inline bool Contains(const uint8_t* bytes, size_t size, const char* text) {
  const uint8_t* end = bytes + size;
  return std::search(bytes, end, text, text + std::strlen(text)) != end;
}

// Each scan goes over the whole picture, however few bytes it has.
constexpr int kMaxScans = 64;

inline int CountScans(const uint8_t* bytes, size_t size) {
  int count = 0;
  const uint8_t* end = bytes + size;
  for (const uint8_t* at = bytes; at + 1 < end; ++at) {
    at = static_cast<const uint8_t*>(std::memchr(at, 0xff, end - at - 1));
    if (at == nullptr) break;
    if (at[1] == 0xda) ++count;
  }
  return count;
}

// Reads the segments up to the first scan. Returns false for every file that is not plainly a whole 8-bit baseline,
// extended or progressive JPEG, grey or of three components, in sRGB: another decoder has to look at it.
inline bool ReadJpegHeader(const uint8_t* bytes, size_t size, JpegHeader* header) {
  if (size < 4 || bytes[0] != 0xff || bytes[1] != 0xd8) return false;
  size_t at = 2;
  bool has_frame = false;
  bool has_exif = false;
  int components = 0;
  while (true) {
    while (at + 1 < size && bytes[at] == 0xff && bytes[at + 1] == 0xff) ++at;
    if (size - at < 4 || bytes[at] != 0xff) return false;
    const int marker = bytes[at + 1];
    // Those without a length, or out of place here.
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9) || marker == 0xdc) return false;
    const size_t length = ReadBig16(bytes + at + 2);
    if (length < 2 || size - at - 2 < length) return false;
    const uint8_t* body = bytes + at + 4;
    const size_t body_size = length - 2;
    if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
      if (marker > 0xc2 || has_frame || body_size < 6 || body[0] != 8) return false;
      header->height = ReadBig16(body + 1);
      header->width = ReadBig16(body + 3);
      components = body[5];
      if (components != 1 && components != 3) return false;
      header->has_several_scans = marker == 0xc2;
      has_frame = true;
    } else if (marker == 0xe1 && body_size >= 4 && std::memcmp(body, "Exif", 4) == 0) {
      if (has_exif || body_size < 6 || body[4] != 0 || body[5] != 0 ||
          !ReadOrientation(body + 6, body_size - 6, &header->orientation)) {
        return false;
      }
      has_exif = true;
    } else if (marker == 0xe2 && body_size >= 12 && std::memcmp(body, "ICC_PROFILE\0", 12) == 0) {
      if (!Contains(body, body_size, "sRGB IEC61966-2")) return false;
    } else if (marker == 0xda) {
      if (!has_frame || body_size < 1) return false;
      header->has_several_scans |= body[0] != components;
      break;
    }
    at += 2 + length;
  }
  if (header->width == 0 || header->height == 0) return false;
  if (header->has_several_scans && CountScans(bytes + at, size - at) > kMaxScans) return false;
  // A file that ends too early has no end mark.
  static const uint8_t end_mark[] = {0xff, 0xd9};
  const uint8_t* tail = bytes + std::max(at, size > 1024 ? size - 1024 : 0);
  return std::search(tail, bytes + size, end_mark, end_mark + 2) != bytes + size;
}

}  // namespace thaw

#endif  // THAW_JPEG_HEADER_H_
