// Eight floats at once, in whatever registers the processor has; and functions compiled for several processors, of which the loader takes
// the best.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define THAW_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define THAW_CLONES
#endif

namespace thaw {

typedef float Float8 __attribute__((vector_size(32)));

#define THAW_INLINE inline __attribute__((always_inline))

}  // namespace thaw
