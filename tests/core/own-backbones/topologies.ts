interface LayerTopology {
  class_name: string
  name: string
  config: object
  inbound_nodes: unknown[]
}

interface ModelTopology {
  class_name: string
  config: { name: string; layers: readonly object[]; input_layers: unknown[]; output_layers: unknown[] }
}

/** A layer of a topology as Keras 2 writes it; `from` names the layers it takes. */
export function layer(className: string, name: string, config: object, ...from: string[]): LayerTopology {
  return {
    class_name: className,
    name,
    config: { name, ...config },
    inbound_nodes: from.length === 0 ? [] : [from.map((input) => [input, 0, 0, {}])],
  }
}

export function input(shape: readonly (number | null)[] = [null, 32, 32, 3], name = 'image'): LayerTopology {
  return layer('InputLayer', name, { batch_input_shape: shape })
}

export function convolution(name: string, from: string, config: object = {}): LayerTopology {
  return layer('Conv2D', name, { filters: 4, kernel_size: [3, 3], padding: 'same', ...config }, from)
}

/** A Functional model from `image` to `output`. */
export function functional(layers: readonly object[], ...outputs: string[]): ModelTopology {
  return {
    class_name: 'Functional',
    config: {
      name: 'model',
      layers,
      input_layers: [['image', 0, 0]],
      output_layers: outputs.map((name) => [name, 0, 0]),
    },
  }
}

/** A Sequential model as Keras writes it. */
export function sequential(...layers: readonly object[]): object {
  return { class_name: 'Sequential', config: { name: 'model', layers } }
}
