// Reads, checks, decodes, turns upright and reduces JPEG files on libuv's threads, through the libjpeg-turbo inside
// TensorFlow's library: its C functions are hidden there, tensorflow::jpeg::Uncompress is not.
#include <dlfcn.h>
#include <node_api.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "file.h"
#include "jpeg-header.h"
#include "placement.h"
#include "resample.h"

namespace thaw {
namespace {

// tensorflow/core/lib/jpeg/jpeg_mem.h of TensorFlow 2.21.0; the set-up tries it before it keeps what it compiled.
struct UncompressFlags {
  int ratio = 1;
  int components = 3;
  bool fancy_upscaling = true;
  bool try_recover_truncated_jpeg = false;
  float min_acceptable_fraction = 1.0;
  int stride = 0;
  // The accurate integer transform.
  int dct_method = 0;
  bool crop = false;
  int crop_x = 0;
  int crop_y = 0;
  int crop_width = 0;
  int crop_height = 0;
};
using Allocate = std::function<uint8_t*(int, int, int)>;
using Uncompress = uint8_t* (*)(const void*, int, const UncompressFlags&, int64_t*, Allocate);

// int64_t is `long` on Linux and `long long` on macOS, whose standard library has a name of its own.
#ifdef __APPLE__
constexpr char kUncompress[] =
    "_ZN10tensorflow4jpeg10UncompressEPKviRKNS0_15UncompressFlagsEPxNSt3__18functionIFPhiiiEEE";
#else
constexpr char kUncompress[] =
    "_ZN10tensorflow4jpeg10UncompressEPKviRKNS0_15UncompressFlagsEPlSt8functionIFPhiiiEE";
#endif

// More is left to the decoder that is careful with memory. Of several scans libjpeg keeps all coefficients.
constexpr int64_t kMaxPixels = 64'000'000;
constexpr int64_t kMaxPixelsOfSeveralScans = 16'000'000;
constexpr size_t kKeptBytes = 16 << 20;

Uncompress uncompress = nullptr;
Sha256 sha256;

// What a thread works on, kept from one picture to the next.
struct Workspace {
  std::vector<uint8_t> file;
  std::vector<uint8_t> decoded;
  Resampler resampler;

  void Trim() {
    for (std::vector<uint8_t>* bytes : {&file, &decoded}) {
      if (bytes->size() > kKeptBytes) std::vector<uint8_t>().swap(*bytes);
    }
  }
};

struct Request {
  std::string path;
  std::string sha256;
  int width = 0;
  int height = 0;
  bool stretch = false;
  uint8_t* pixels = nullptr;
  bool decoded = false;
  napi_async_work work = nullptr;
  napi_deferred deferred = nullptr;
  napi_ref result = nullptr;
};

bool Decode(const Request& request, Workspace* workspace) {
  size_t size = 0;
  if (!ReadJpegFile(request.path.c_str(), &workspace->file, &size)) return false;
  const uint8_t* bytes = workspace->file.data();
  JpegHeader header;
  if (!ReadJpegHeader(bytes, size, &header)) return false;
  if (static_cast<int64_t>(header.width) * header.height >
      (header.has_several_scans ? kMaxPixelsOfSeveralScans : kMaxPixels)) {
    return false;
  }
  Placement placement;
  if (!Place(header, request.width, request.height, request.stretch, &placement)) return false;
  if (!request.sha256.empty() && !sha256.Matches(bytes, size, request.sha256)) return false;

  UncompressFlags flags;
  flags.ratio = placement.ratio;
  const int width = (header.width + flags.ratio - 1) / flags.ratio;
  const int height = (header.height + flags.ratio - 1) / flags.ratio;
  const size_t stride = 3 * static_cast<size_t>(width);
  // Made before: an exception must not cross libjpeg.
  std::vector<uint8_t>& decoded = workspace->decoded;
  if (decoded.size() < stride * height + kSlack) decoded.resize(stride * height + kSlack);
  int64_t warnings = 0;
  // A picture whose size is not the header's is refused: nothing may be written past the end.
  const Allocate allocate = [&](int given_width, int given_height, int components) -> uint8_t* {
    return given_width == width && given_height == height && components == 3 ? decoded.data() : nullptr;
  };
  if (uncompress(bytes, static_cast<int>(size), flags, &warnings, allocate) == nullptr || warnings != 0) return false;
  workspace->resampler.Resample(decoded.data(), stride, placement, width, height, request.pixels);
  return true;
}

void Execute(napi_env, void* data) {
  thread_local Workspace workspace;
  auto* request = static_cast<Request*>(data);
  try {
    request->decoded = Decode(*request, &workspace);
  } catch (...) {
    // No memory: the other decoder says so.
    request->decoded = false;
  }
  workspace.Trim();
}

void Complete(napi_env env, napi_status status, void* data) {
  const std::unique_ptr<Request> request(static_cast<Request*>(data));
  napi_value result = nullptr;
  if (status == napi_ok && request->decoded) napi_get_reference_value(env, request->result, &result);
  if (result == nullptr) napi_get_null(env, &result);
  napi_resolve_deferred(env, request->deferred, result);
  napi_delete_reference(env, request->result);
  napi_delete_async_work(env, request->work);
}

bool ReadString(napi_env env, napi_value value, std::string* text) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) return false;
  text->resize(length + 1);
  if (napi_get_value_string_utf8(env, value, &(*text)[0], text->size(), &length) != napi_ok) return false;
  text->resize(length);
  return true;
}

// decode(path: string, sha256: string, width, height, stretch: boolean): Promise<Uint8Array | null>
napi_value DecodeAsync(napi_env env, napi_callback_info info) {
  size_t count = 5;
  napi_value arguments[5];
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  auto request = std::make_unique<Request>();
  if (uncompress == nullptr || count != 5 || !ReadString(env, arguments[0], &request->path) ||
      request->path.find('\0') != std::string::npos || !ReadString(env, arguments[1], &request->sha256) ||
      napi_get_value_int32(env, arguments[2], &request->width) != napi_ok ||
      napi_get_value_int32(env, arguments[3], &request->height) != napi_ok ||
      napi_get_value_bool(env, arguments[4], &request->stretch) != napi_ok || request->width < 1 ||
      request->height < 1 || request->width > 16384 || request->height > 16384) {
    napi_throw_type_error(env, nullptr,
                          "decode expects, after open, a path, a SHA-256 or nothing, a width and a height from 1 to "
                          "16384, and whether to stretch");
    return nullptr;
  }
  napi_value buffer, pixels, promise, name;
  void* data = nullptr;
  const size_t size = 3 * static_cast<size_t>(request->width) * request->height;
  if (napi_create_arraybuffer(env, size, &data, &buffer) != napi_ok ||
      napi_create_typedarray(env, napi_uint8_array, size, buffer, 0, &pixels) != napi_ok) {
    return nullptr;
  }
  request->pixels = static_cast<uint8_t*>(data);
  if (napi_create_reference(env, pixels, 1, &request->result) != napi_ok ||
      napi_create_promise(env, &request->deferred, &promise) != napi_ok ||
      napi_create_string_utf8(env, "decode", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_async_work(env, nullptr, name, Execute, Complete, request.get(), &request->work) != napi_ok ||
      napi_queue_async_work(env, request->work) != napi_ok) {
    napi_throw_error(env, nullptr, "the decoding could not be queued");
    return nullptr;
  }
  request.release();
  return promise;
}

// open(path: string): takes the function out of TensorFlow's library, which stays loaded.
napi_value Open(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  std::string path;
  if (count != 1 || !ReadString(env, argument, &path)) {
    napi_throw_type_error(env, nullptr, "open expects the path of a library");
    return nullptr;
  }
  void* library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  void* function = library == nullptr ? nullptr : dlsym(library, kUncompress);
  if (function == nullptr) {
    const char* reason = dlerror();
    napi_throw_error(env, nullptr, reason == nullptr ? "the library has no JPEG decoder" : reason);
  } else if (!sha256.Find()) {
    napi_throw_error(env, nullptr, "this Node does not offer OpenSSL's SHA-256");
  } else {
    uncompress = reinterpret_cast<Uncompress>(function);
  }
  return nullptr;
}

}  // namespace
}  // namespace thaw

NAPI_MODULE_INIT() {
  napi_value open, decode;
  napi_create_function(env, "open", NAPI_AUTO_LENGTH, thaw::Open, nullptr, &open);
  napi_create_function(env, "decode", NAPI_AUTO_LENGTH, thaw::DecodeAsync, nullptr, &decode);
  napi_set_named_property(env, exports, "open", open);
  napi_set_named_property(env, exports, "decode", decode);
  return exports;
}
