// Reads a file and its SHA-256.
#ifndef THAW_FILE_H_
#define THAW_FILE_H_

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace thaw {

// Larger files are left to the decoder that is careful with memory.
constexpr size_t kMaxFileBytes = 256 << 20;

class Descriptor {
 public:
  // A pipe does not block the one who opens it so.
  explicit Descriptor(const char* path) : descriptor_(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~Descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

inline bool ReadAll(int descriptor, uint8_t* bytes, size_t size) {
  for (size_t filled = 0; filled < size;) {
    const ssize_t count = read(descriptor, bytes + filled, size - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    filled += static_cast<size_t>(count);
  }
  return true;
}

// Reads the whole file where it is a regular one that begins as a JPEG does; else returns false after two bytes.
inline bool ReadJpegFile(const char* path, std::vector<uint8_t>* bytes, size_t* size) {
  const Descriptor file(path);
  struct stat status;
  if (file.get() < 0 || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  if (status.st_size < 4 || static_cast<uint64_t>(status.st_size) > kMaxFileBytes) return false;
  *size = static_cast<size_t>(status.st_size);
  uint8_t start[2];
  if (!ReadAll(file.get(), start, sizeof start) || start[0] != 0xff || start[1] != 0xd8) return false;
  if (bytes->size() < *size) bytes->resize(*size);
  (*bytes)[0] = start[0];
  (*bytes)[1] = start[1];
  return ReadAll(file.get(), bytes->data() + 2, *size - 2);
}

// OpenSSL's SHA-256, which Node brings along: the old interface, as the new one keeps state that is gone while the
// process ends.
struct Sha256 {
  int (*begin)(void*) = nullptr;
  int (*add)(void*, const void*, size_t) = nullptr;
  int (*finish)(unsigned char*, void*) = nullptr;

  bool Find() {
    begin = reinterpret_cast<int (*)(void*)>(dlsym(RTLD_DEFAULT, "SHA256_Init"));
    add = reinterpret_cast<int (*)(void*, const void*, size_t)>(dlsym(RTLD_DEFAULT, "SHA256_Update"));
    finish = reinterpret_cast<int (*)(unsigned char*, void*)>(dlsym(RTLD_DEFAULT, "SHA256_Final"));
    return begin != nullptr && add != nullptr && finish != nullptr;
  }

  // Whether the bytes have the digest that `hex` names in lower case.
  bool Matches(const uint8_t* bytes, size_t size, const std::string& hex) const {
    // SHA256_CTX takes 112 bytes.
    alignas(16) unsigned char context[256];
    unsigned char digest[32];
    if (begin(context) != 1 || add(context, bytes, size) != 1 || finish(digest, context) != 1) return false;
    if (hex.size() != 2 * sizeof digest) return false;
    static constexpr char digits[] = "0123456789abcdef";
    for (size_t index = 0; index < sizeof digest; ++index) {
      if (hex[2 * index] != digits[digest[index] >> 4] || hex[2 * index + 1] != digits[digest[index] & 15]) {
        return false;
      }
    }
    return true;
  }
};

}  // namespace thaw

#endif  // THAW_FILE_H_
