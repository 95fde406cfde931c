"""Feature extraction with VGG16 as the field's texts write it in Keras: Flatten, Dense(1024, relu), Dense(n, softmax) on the frozen convolutions.

Every epoch runs the whole network over every image.

    python vgg16-head.py save WEIGHTS.weights.h5
    python vgg16-head.py train DATA_FOLDER WEIGHTS.weights.h5 EPOCHS SEED

`save` writes random weights of the convolutions. DATA_FOLDER holds train/ and val/ with a folder for each class. `train` prints one JSON document as
its last line.
"""

import json
import os
import pathlib
import sys
import time

start = time.perf_counter()
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
from keras import layers
from keras.applications.vgg16 import VGG16, preprocess_input

SIZE = 224


def save(path):
    keras.utils.set_random_seed(0)
    VGG16(include_top=False, weights=None, input_shape=(SIZE, SIZE, 3)).save_weights(path)


def train(folder, weights, epochs, seed):
    import tensorflow

    keras.utils.set_random_seed(seed)

    def read(split, shuffle):
        dataset = keras.utils.image_dataset_from_directory(
            folder / split, image_size=(SIZE, SIZE), batch_size=32, shuffle=shuffle, seed=seed, verbose=False
        )
        prepared = dataset.map(
            lambda images, labels: (preprocess_input(images), labels), num_parallel_calls=tensorflow.data.AUTOTUNE
        )
        return dataset.class_names, prepared.prefetch(tensorflow.data.AUTOTUNE)

    classes, training = read("train", True)
    _, validation = read("val", False)

    backbone = VGG16(include_top=False, weights=None, input_shape=(SIZE, SIZE, 3))
    backbone.load_weights(weights)
    backbone.trainable = False
    model = keras.Sequential(
        [
            backbone,
            layers.Flatten(),
            layers.Dense(1024, activation="relu"),
            layers.Dense(len(classes), activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    history = model.fit(training, validation_data=validation, epochs=epochs, verbose=0).history
    print(
        json.dumps(
            {
                "validationAccuracy": history["val_accuracy"][-1],
                "seconds": time.perf_counter() - start,
                "package": f"Keras {keras.__version__}, TensorFlow {tensorflow.__version__}",
            }
        )
    )


if __name__ == "__main__":
    if sys.argv[1] == "save":
        save(sys.argv[2])
    else:
        train(pathlib.Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
