#include "operations.h"

#include <memory>
#include <string>
#include <vector>

#include "activations.h"
#include "bias.h"
#include "filter-gradient.h"
#include "max-pooling.h"
#include "normalization.h"
#include "tensorflow-c-api.h"

namespace thaw {
namespace {

struct StatusDeleter {
  void operator()(TF_Status* status) const { TF_DeleteStatus(status); }
};
using Status = std::unique_ptr<TF_Status, StatusDeleter>;

// The inputs and outputs of one call; it is over at the first failure.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}

  ~Call() {
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
    if (failed()) TF_OpKernelContext_Failure(context_, status_.get());
  }

  bool failed() const { return TF_GetCode(status_.get()) != TF_OK; }

  void Fail(const std::string& message) { TF_SetStatus(status_.get(), TF_INVALID_ARGUMENT, message.c_str()); }

  TF_Tensor* Input(int index) {
    TF_Tensor* tensor = nullptr;
    if (!failed()) TF_GetInput(context_, index, &tensor, status_.get());
    if (tensor != nullptr) tensors_.push_back(tensor);
    return tensor;
  }

  float* Output(int index, const std::vector<int64_t>& dimensions) {
    if (failed()) return nullptr;
    int64_t count = 1;
    for (int64_t dimension : dimensions) count *= dimension;
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, TF_FLOAT, dimensions.data(),
                                          static_cast<int>(dimensions.size()), count * sizeof(float), status_.get());
    if (failed()) return nullptr;
    tensors_.push_back(tensor);
    return static_cast<float*>(TF_TensorData(tensor));
  }

  // An input as the output, where it lies.
  void PassOn(int index, const TF_Tensor* tensor) {
    if (!failed()) TF_SetOutput(context_, index, tensor, status_.get());
  }

 private:
  TF_OpKernelContext* context_;
  Status status_;
  std::vector<TF_Tensor*> tensors_;
};

float* Values(const TF_Tensor* tensor) { return static_cast<float*>(TF_TensorData(tensor)); }

float* ValuesOrNull(const TF_Tensor* tensor) { return TF_TensorElementCount(tensor) == 0 ? nullptr : Values(tensor); }

std::vector<int64_t> Dimensions(const TF_Tensor* tensor) {
  std::vector<int64_t> dimensions(TF_NumDims(tensor));
  for (size_t index = 0; index < dimensions.size(); ++index) dimensions[index] = TF_Dim(tensor, static_cast<int>(index));
  return dimensions;
}

// What a window is laid over a map by, for each axis; padding is before and after.
struct WindowAttributes {
  int32_t size[2];
  int32_t strides[2];
  int32_t padding[4];

  void Read(TF_OpKernelConstruction* construction, const char* size_name, TF_Status* status) {
    TF_OpKernelConstruction_GetAttrInt32List(construction, size_name, size, 2, status);
    if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrInt32List(construction, "strides", strides, 2, status);
    if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrInt32List(construction, "padding", padding, 4, status);
  }

  // Whether a map of the dimensions `in` has one of `out` as its result; channels and images are not looked at.
  bool Gives(const std::vector<int64_t>& in, const std::vector<int64_t>& out) const {
    for (int axis = 0; axis < 2; ++axis) {
      const int64_t span = in[axis + 1] + padding[2 * axis] + padding[2 * axis + 1] - size[axis];
      if (strides[axis] < 1 || span < 0 || span / strides[axis] + 1 != out[axis + 1]) return false;
    }
    return true;
  }
};

struct FilterGradientKernel {
  WindowAttributes window;

  static constexpr const char* kName = "ThawFilterGradient";
  static constexpr const char* kAttributes[] = {"kernel: list(int)", "strides: list(int)", "padding: list(int)"};
  static constexpr const char* kInputs[] = {"input: float", "slopes: float"};
  static constexpr const char* kOutputs[] = {"gradient: float"};

  void Read(TF_OpKernelConstruction* construction, TF_Status* status) { window.Read(construction, "kernel", status); }

  void Run(Call& call) const {
    const TF_Tensor* input = call.Input(0);
    const TF_Tensor* slopes = call.Input(1);
    if (call.failed()) return;
    if (TF_NumDims(input) != 4 || TF_NumDims(slopes) != 4) return call.Fail("ThawFilterGradient takes two maps");
    const std::vector<int64_t> in = Dimensions(input);
    const std::vector<int64_t> out = Dimensions(slopes);
    if (in[0] != out[0] || !window.Gives(in, out)) {
      return call.Fail("ThawFilterGradient: the slopes do not have the shape of the convolution's output");
    }
    const auto& [kernel, strides, padding] = window;
    float* gradient = call.Output(0, {kernel[0], kernel[1], in[3], out[3]});
    if (call.failed()) return;
    const Convolution shape = {in[0],     in[1],      in[2],      in[3],      out[1],    out[2], out[3],
                               kernel[0], kernel[1], strides[0], strides[1], padding[0], padding[2]};
    FilterGradient(shape, Values(input), Values(slopes), gradient);
  }
};

struct NormalizationAttributes {
  float epsilon;
  unsigned char training;
  int32_t activation;

  static constexpr const char* kAttributes[] = {"epsilon: float", "training: bool", "activation: int"};

  void Read(TF_OpKernelConstruction* construction, TF_Status* status) {
    TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", &epsilon, status);
    if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrBool(construction, "training", &training, status);
    if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrInt32(construction, "activation", &activation, status);
  }

  Normalization ShapeOf(const std::vector<int64_t>& dimensions) const {
    int64_t rows = 1;
    for (size_t axis = 0; axis + 1 < dimensions.size(); ++axis) rows *= dimensions[axis];
    return {rows, dimensions.back(), epsilon, training != 0, static_cast<Activation>(activation)};
  }
};

struct NormalizeKernel : NormalizationAttributes {
  static constexpr const char* kName = "ThawNormalize";
  static constexpr const char* kInputs[] = {"input: float", "gamma: float",    "beta: float",
                                            "mean: float",  "variance: float", "shortcut: float"};
  static constexpr const char* kOutputs[] = {"output: float", "used_mean: float", "used_variance: float",
                                             "inverse: float"};

  void Run(Call& call) const {
    TF_Tensor* inputs[6];
    for (int index = 0; index < 6; ++index) inputs[index] = call.Input(index);
    if (call.failed()) return;
    const std::vector<int64_t> dimensions = Dimensions(inputs[0]);
    if (dimensions.empty()) return call.Fail("ThawNormalize takes a map");
    const int64_t channels = dimensions.back();
    for (int index = 1; index < 5; ++index) {
      if (TF_TensorElementCount(inputs[index]) != channels) return call.Fail("ThawNormalize: one value a channel is expected");
    }
    const int64_t shortcut = TF_TensorElementCount(inputs[5]);
    if (shortcut != 0 && shortcut != TF_TensorElementCount(inputs[0])) {
      return call.Fail("ThawNormalize: the shortcut does not have the input's shape");
    }
    float* output = call.Output(0, dimensions);
    float* mean = call.Output(1, {channels});
    float* variance = call.Output(2, {channels});
    float* inverse = call.Output(3, {channels});
    if (call.failed()) return;
    if (!training) {
      for (int64_t channel = 0; channel < channels; ++channel) {
        mean[channel] = Values(inputs[3])[channel];
        variance[channel] = Values(inputs[4])[channel];
      }
    }
    Normalize(ShapeOf(dimensions), Values(inputs[0]), Values(inputs[1]), Values(inputs[2]), ValuesOrNull(inputs[5]),
              mean, variance, inverse, output);
  }
};

struct NormalizeGradientKernel : NormalizationAttributes {
  static constexpr const char* kName = "ThawNormalizeGradient";
  static constexpr const char* kInputs[] = {"slopes: float", "output: float", "input: float",
                                            "gamma: float",  "mean: float",   "inverse: float"};
  static constexpr const char* kOutputs[] = {"input_slopes: float", "gamma_slopes: float", "beta_slopes: float",
                                             "shortcut_slopes: float"};
  static constexpr const char* kAttributes[] = {"epsilon: float", "training: bool", "activation: int",
                                                "shortcut: bool"};
  unsigned char shortcut;

  void Read(TF_OpKernelConstruction* construction, TF_Status* status) {
    NormalizationAttributes::Read(construction, status);
    if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrBool(construction, "shortcut", &shortcut, status);
  }

  void Run(Call& call) const {
    TF_Tensor* inputs[6];
    for (int index = 0; index < 6; ++index) inputs[index] = call.Input(index);
    if (call.failed()) return;
    const std::vector<int64_t> dimensions = Dimensions(inputs[2]);
    if (dimensions.empty()) return call.Fail("ThawNormalizeGradient takes maps");
    const int64_t channels = dimensions.back();
    const int64_t size = TF_TensorElementCount(inputs[2]);
    const bool activated = static_cast<Activation>(activation) != Activation::kLinear;
    if (TF_TensorElementCount(inputs[0]) != size || (activated && TF_TensorElementCount(inputs[1]) != size)) {
      return call.Fail("ThawNormalizeGradient: the maps differ in shape");
    }
    for (int index = 3; index < 6; ++index) {
      if (TF_TensorElementCount(inputs[index]) != channels) {
        return call.Fail("ThawNormalizeGradient: one value a channel is expected");
      }
    }
    float* input_slopes = call.Output(0, dimensions);
    float* gamma_slopes = call.Output(1, {channels});
    float* beta_slopes = call.Output(2, {channels});
    float* shortcut_slopes = call.Output(3, shortcut ? dimensions : std::vector<int64_t>{0});
    if (call.failed()) return;
    NormalizeGradient(ShapeOf(dimensions), Values(inputs[0]), activated ? Values(inputs[1]) : nullptr,
                      Values(inputs[2]), Values(inputs[3]), Values(inputs[4]), Values(inputs[5]), input_slopes,
                      gamma_slopes, beta_slopes, shortcut ? shortcut_slopes : nullptr);
  }
};

struct MaxPoolGradientKernel {
  WindowAttributes window;

  static constexpr const char* kName = "ThawMaxPoolGradient";
  static constexpr const char* kAttributes[] = {"window: list(int)", "strides: list(int)", "padding: list(int)"};
  static constexpr const char* kInputs[] = {"input: float", "output: float", "slopes: float"};
  static constexpr const char* kOutputs[] = {"gradient: float"};

  void Read(TF_OpKernelConstruction* construction, TF_Status* status) { window.Read(construction, "window", status); }

  void Run(Call& call) const {
    const TF_Tensor* maps[3];
    for (int index = 0; index < 3; ++index) maps[index] = call.Input(index);
    if (call.failed()) return;
    for (const TF_Tensor* map : maps) {
      if (TF_NumDims(map) != 4) return call.Fail("ThawMaxPoolGradient takes maps");
    }
    const std::vector<int64_t> in = Dimensions(maps[0]);
    const std::vector<int64_t> out = Dimensions(maps[1]);
    if (!window.Gives(in, out)) {
      return call.Fail("ThawMaxPoolGradient: the output does not have the shape of the pooling's");
    }
    if (in[0] != out[0] || in[3] != out[3] || Dimensions(maps[2]) != out) {
      return call.Fail("ThawMaxPoolGradient: the maps do not belong together");
    }
    float* gradient = call.Output(0, in);
    if (call.failed()) return;
    const auto& [size, strides, padding] = window;
    const Pooling shape = {in[0],   in[1],   in[2],      in[3],      out[1],     out[2],
                           size[0], size[1], strides[0], strides[1], padding[0], padding[2]};
    MaxPoolGradient(shape, Values(maps[0]), Values(maps[1]), Values(maps[2]), gradient);
  }
};

// Changes its input, which nothing else may read any more.
struct AddBiasKernel {
  int32_t activation;

  static constexpr const char* kName = "ThawAddBias";
  static constexpr const char* kAttributes[] = {"activation: int"};
  static constexpr const char* kInputs[] = {"map: float", "bias: float"};
  static constexpr const char* kOutputs[] = {"output: float"};

  void Read(TF_OpKernelConstruction* construction, TF_Status* status) {
    TF_OpKernelConstruction_GetAttrInt32(construction, "activation", &activation, status);
  }

  void Run(Call& call) const {
    const TF_Tensor* map = call.Input(0);
    const TF_Tensor* bias = call.Input(1);
    if (call.failed()) return;
    const int64_t channels = TF_TensorElementCount(bias);
    if (TF_NumDims(map) == 0 || TF_Dim(map, TF_NumDims(map) - 1) != channels) {
      return call.Fail("ThawAddBias: one value a channel is expected");
    }
    const int64_t rows = channels == 0 ? 0 : TF_TensorElementCount(map) / channels;
    AddBias(static_cast<Activation>(activation), Values(bias), rows, channels, Values(map));
    call.PassOn(0, map);
  }
};

struct ActivateKernel {
  int32_t activation;

  static constexpr const char* kName = "ThawActivate";
  static constexpr const char* kAttributes[] = {"activation: int"};
  static constexpr const char* kInputs[] = {"input: float"};
  static constexpr const char* kOutputs[] = {"output: float"};

  void Read(TF_OpKernelConstruction* construction, TF_Status* status) {
    TF_OpKernelConstruction_GetAttrInt32(construction, "activation", &activation, status);
  }

  void Run(Call& call) const {
    const TF_Tensor* input = call.Input(0);
    if (call.failed()) return;
    float* output = call.Output(0, Dimensions(input));
    if (call.failed()) return;
    Activate(static_cast<SmoothActivation>(activation), Values(input), TF_TensorElementCount(input), output);
  }
};

struct NormalizeLayerKernel {
  float epsilon;

  static constexpr const char* kName = "ThawNormalizeLayer";
  static constexpr const char* kAttributes[] = {"epsilon: float"};
  static constexpr const char* kInputs[] = {"input: float", "gamma: float", "beta: float"};
  static constexpr const char* kOutputs[] = {"output: float"};

  void Read(TF_OpKernelConstruction* construction, TF_Status* status) {
    TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", &epsilon, status);
  }

  void Run(Call& call) const {
    const TF_Tensor* inputs[3];
    for (int index = 0; index < 3; ++index) inputs[index] = call.Input(index);
    if (call.failed()) return;
    const std::vector<int64_t> dimensions = Dimensions(inputs[0]);
    if (dimensions.empty()) return call.Fail("ThawNormalizeLayer takes a map");
    const int64_t channels = dimensions.back();
    for (int index = 1; index < 3; ++index) {
      if (TF_TensorElementCount(inputs[index]) != channels) {
        return call.Fail("ThawNormalizeLayer: one value a channel is expected");
      }
    }
    float* output = call.Output(0, dimensions);
    if (call.failed()) return;
    const int64_t rows = channels == 0 ? 0 : TF_TensorElementCount(inputs[0]) / channels;
    NormalizeLayer(Values(inputs[0]), Values(inputs[1]), Values(inputs[2]), rows, channels, epsilon, output);
  }
};

template <typename Kernel>
void Register(TF_Status* status) {
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(Kernel::kName);
  for (const char* attribute : Kernel::kAttributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  for (const char* input : Kernel::kInputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : Kernel::kOutputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, [](TF_ShapeInferenceContext* context, TF_Status* result) {
    TF_ShapeInferenceContextSetUnknownShape(context, result);
  });
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) != TF_OK) return;
  TF_KernelBuilder* builder = TF_NewKernelBuilder(
      Kernel::kName, "CPU",
      [](TF_OpKernelConstruction* construction) -> void* {
        auto* kernel = new Kernel();
        Status status(TF_NewStatus());
        kernel->Read(construction, status.get());
        if (TF_GetCode(status.get()) != TF_OK) TF_OpKernelConstruction_Failure(construction, status.get());
        return kernel;
      },
      [](void* kernel, TF_OpKernelContext* context) {
        Call call(context);
        static_cast<Kernel*>(kernel)->Run(call);
      },
      [](void* kernel) { delete static_cast<Kernel*>(kernel); });
  TF_RegisterKernelBuilder(Kernel::kName, builder, status);
}

}  // namespace

const char* RegisterOperations() {
  static std::string problem;
  Status status(TF_NewStatus());
  for (auto* add : {Register<FilterGradientKernel>, Register<NormalizeKernel>, Register<NormalizeGradientKernel>,
                    Register<MaxPoolGradientKernel>, Register<AddBiasKernel>, Register<ActivateKernel>,
                    Register<NormalizeLayerKernel>}) {
    add(status.get());
    if (TF_GetCode(status.get()) == TF_OK) continue;
    problem = TF_Message(status.get());
    return problem.c_str();
  }
  return nullptr;
}

}  // namespace thaw
