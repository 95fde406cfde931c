// Eight or sixteen floats at once, in whatever registers the processor has; and functions compiled for several processors, of which the loader
// takes the best.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define THAW_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#define THAW_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma")))
#else
#define THAW_CLONES
#endif

namespace thaw {

typedef float Float8 __attribute__((vector_size(32)));
#ifdef THAW_AVX512
// In functions marked THAW_AVX512 only, which run where this says so.
typedef float Float16 __attribute__((vector_size(64)));
inline bool HasAvx512() {
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return has;
}
#endif

#define THAW_INLINE inline __attribute__((always_inline))

}  // namespace thaw
