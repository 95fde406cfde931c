"""Decodes JPEG files and makes 224x224 pixels of them, timed on request, with two workers. One process for each way:

    python decode-jpeg.py pil|torchvision|tfdata

pil: torchvision's folder of images as its tutorials read it, Resize and CenterCrop on PIL images. torchvision: its own decoder, and its
antialiased resize of tensors. tfdata: tf.data with decode_jpeg and resize (bilinear, not antialiased, stretched).

Reads lines of JSON: {"paths": [...]} sets it up; {"images": count} goes over so many of them, again from the first where they end. Answers
each with a line: {"ready": true}, or {"seconds": of the images, "processorMs": for an image, of all threads and workers}.
"""

import json
import os
import resource
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

SIZE = 224
BATCH = 16
WORKERS = 2


def processor_seconds() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def torch_loader(paths: list[str], own_decoder: bool):
    import torch
    from PIL import Image
    from torchvision.io import ImageReadMode, decode_jpeg, read_file
    from torchvision.transforms import v2

    resize = [v2.Resize(SIZE, antialias=True), v2.CenterCrop(SIZE)]
    transform = v2.Compose(resize if own_decoder else [*resize, v2.PILToTensor()])

    class Files(torch.utils.data.Dataset):
        count = 0

        def __len__(self) -> int:
            return self.count

        def __getitem__(self, index: int):
            path = paths[index % len(paths)]
            if own_decoder:
                return transform(decode_jpeg(read_file(path), ImageReadMode.RGB))
            with Image.open(path) as image:
                return transform(image.convert("RGB"))

    files = Files()
    torch.set_num_threads(1)

    def run(images: int):
        files.count = images
        # Workers start anew for each turn; the clock starts with their first batch.
        yield from torch.utils.data.DataLoader(files, batch_size=BATCH, num_workers=WORKERS)

    return run


def tensorflow_loader(paths: list[str]):
    import tensorflow as tf

    def decode(path):
        return tf.image.resize(tf.io.decode_jpeg(tf.io.read_file(path), channels=3), (SIZE, SIZE))

    def run(images: int):
        data = tf.data.Dataset.from_tensor_slices(paths).repeat().take(images)
        data = data.map(decode, num_parallel_calls=WORKERS).batch(BATCH).prefetch(1)
        options = tf.data.Options()
        options.threading.private_threadpool_size = WORKERS
        yield from data.with_options(options)

    return run


def main() -> None:
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        if "paths" in request:
            paths, way = request["paths"], sys.argv[1]
            run = tensorflow_loader(paths) if way == "tfdata" else torch_loader(paths, way == "torchvision")
            for _ in run(2 * BATCH):
                pass
            answer = {"ready": True}
        else:
            images = request["images"] + BATCH
            before = processor_seconds()
            batches = iter(run(images))
            next(batches)
            start = time.perf_counter()
            for _ in batches:
                pass
            seconds = time.perf_counter() - start
            # Workers count once they have ended.
            del batches, _
            answer = {"seconds": seconds, "processorMs": (processor_seconds() - before) * 1000 / images}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
