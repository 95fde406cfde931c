// The end of a convolution in inference.
#pragma once

#include <cstdint>

#include "normalization.h"

namespace thaw {

// map = activation(map + bias), where it lies: [rows, channels], one bias a channel.
void AddBias(Activation activation, const float* bias, int64_t rows, int64_t channels, float* map);

}  // namespace thaw
