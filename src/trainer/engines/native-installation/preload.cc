// Loads TensorFlow's framework library with standard error closed. Its static initialisers print a notice about
// oneDNN that no setting turns off, and the command line's standard error belongs to progress and errors.
#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace {

// absl::SetMinLogLevel(absl::LogSeverityAtLeast), as TensorFlow 2.21.0 exports it.
constexpr char kSetMinLogLevel[] =
    "_ZN4absl12lts_2025081414SetMinLogLevelENS0_18LogSeverityAtLeastE";

napi_value Preload(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  size_t length = 0;
  if (count != 1 || napi_get_value_string_utf8(env, argument, nullptr, 0, &length) != napi_ok) {
    napi_throw_type_error(env, nullptr, "preload expects the path of a library");
    return nullptr;
  }
  std::string path(length + 1, '\0');
  napi_get_value_string_utf8(env, argument, path.data(), path.size(), &length);

  const int standard_error = dup(STDERR_FILENO);
  const int nowhere = open("/dev/null", O_WRONLY);
  if (standard_error >= 0 && nowhere >= 0) dup2(nowhere, STDERR_FILENO);
  void* library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (standard_error >= 0 && nowhere >= 0) dup2(standard_error, STDERR_FILENO);
  if (standard_error >= 0) close(standard_error);
  if (nowhere >= 0) close(nowhere);

  if (library == nullptr) {
    const char* reason = dlerror();
    napi_throw_error(env, nullptr, reason == nullptr ? "the library does not load" : reason);
    return nullptr;
  }
  const char* level = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  if (auto* set = reinterpret_cast<void (*)(int)>(dlsym(library, kSetMinLogLevel))) {
    set(level == nullptr ? 2 : std::atoi(level));
  }
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value preload;
  napi_create_function(env, "preload", NAPI_AUTO_LENGTH, Preload, nullptr, &preload);
  napi_set_named_property(env, exports, "preload", preload);
  return exports;
}
