// What JavaScript sees: the update rules as functions. Loading it also makes the operations known to TensorFlow.
#include <node_api.h>

#include <iterator>

#include "operations.h"
#include "optimizers.h"

namespace thaw {
namespace {

constexpr size_t kMaxNumbers = 8;

// (numbers: Float64Array, values, slopes, slot?, slot?: Float32Array), the last three of the length of `values`.
struct Arguments {
  double numbers[kMaxNumbers] = {};
  float* arrays[4] = {};
  size_t size = 0;
};

bool Read(napi_env env, napi_callback_info info, size_t least, Arguments* arguments) {
  napi_value given[5];
  size_t count = std::size(given);
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok) return false;
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  bool sound = count >= least + 1 && count <= std::size(given) &&
               napi_get_typedarray_info(env, given[0], &type, &length, &data, nullptr, nullptr) == napi_ok &&
               type == napi_float64_array && length <= kMaxNumbers;
  for (size_t index = 0; sound && index < length; ++index) arguments->numbers[index] = static_cast<double*>(data)[index];
  for (size_t index = 1; sound && index < count; ++index) {
    sound = napi_get_typedarray_info(env, given[index], &type, &length, &data, nullptr, nullptr) == napi_ok &&
            type == napi_float32_array && (index == 1 || length == arguments->size);
    arguments->size = length;
    arguments->arrays[index - 1] = static_cast<float*>(data);
  }
  if (!sound) napi_throw_type_error(env, nullptr, "expected a Float64Array of numbers, and Float32Arrays of one length");
  return sound;
}

napi_value Sgd(napi_env env, napi_callback_info info) {
  Arguments a;
  if (!Read(env, info, 2, &a)) return nullptr;
  UpdateSgd({a.numbers[0], a.numbers[1], a.numbers[2], a.numbers[3] != 0}, a.size, a.arrays[0], a.arrays[1], a.arrays[2]);
  return nullptr;
}

napi_value Adam(napi_env env, napi_callback_info info) {
  Arguments a;
  if (!Read(env, info, 4, &a)) return nullptr;
  const double* n = a.numbers;
  UpdateAdam({n[0], n[1], n[2], n[3], n[4], n[5], n[6]}, a.size, a.arrays[0], a.arrays[1], a.arrays[2], a.arrays[3]);
  return nullptr;
}

napi_value Rmsprop(napi_env env, napi_callback_info info) {
  Arguments a;
  if (!Read(env, info, 3, &a)) return nullptr;
  const double* n = a.numbers;
  UpdateRmsprop({n[0], n[1], n[2], n[3], n[4]}, a.size, a.arrays[0], a.arrays[1], a.arrays[2], a.arrays[3]);
  return nullptr;
}

}  // namespace
}  // namespace thaw

NAPI_MODULE_INIT() {
  // Once a process: TensorFlow keeps what it was told.
  static const char* problem = thaw::RegisterOperations();
  if (problem != nullptr) {
    napi_throw_error(env, nullptr, problem);
    return nullptr;
  }
  const struct {
    const char* name;
    napi_callback call;
  } functions[] = {{"sgd", thaw::Sgd}, {"adam", thaw::Adam}, {"rmsprop", thaw::Rmsprop}};
  for (const auto& function : functions) {
    napi_value value;
    napi_create_function(env, function.name, NAPI_AUTO_LENGTH, function.call, nullptr, &value);
    napi_set_named_property(env, exports, function.name, value);
  }
  return exports;
}
