"""Weights and pictures by formula, alike here and in tests/models/backbones/formula-weights.ts."""

import math

import numpy


def uniform(name: str, count: int) -> numpy.ndarray:
    """`count` numbers from -1 up to 1 that depend on the name and the place only, float64."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = numpy.arange(count, dtype=numpy.uint32) * numpy.uint32(0x9E3779B9) + numpy.uint32(seed)
    x ^= x >> 16
    x *= numpy.uint32(0x85EBCA6B)
    x ^= x >> 13
    x *= numpy.uint32(0xC2B2AE35)
    x ^= x >> 16
    return x / 2.0**31 - 1


def tensor(name: str, role: str, shape: tuple[int, ...], fan_in: int, gain: float, variance: float) -> numpy.ndarray:
    """The float32 values of a tensor, in its publisher's layout.

    Kernels as He et al. 2015 start them, so that values keep their size through a convolution and a rectifier. Moving
    variances are around `variance`: 0.1, so that a wrong epsilon shows, where a scale of its square root undoes that. `gain` below 1
    keeps sums of residual branches from growing.
    """
    u = uniform(name, math.prod(shape))
    values = {
        "kernel": lambda: u * math.sqrt(6 / fan_in),
        "gamma": lambda: gain * math.sqrt(variance) * (1 + 0.2 * u),
        "variance": lambda: variance * (1 + 0.5 * u),
        "offset": lambda: 0.1 * u,
    }[role]()
    return values.astype(numpy.float32).reshape(shape)


def picture(pattern: str, size: int) -> numpy.ndarray:
    """A network's input [size, size, 3], float32: (pixel - 127.5) / 64 of a picture of bytes."""
    y, x, c = numpy.meshgrid(numpy.arange(size), numpy.arange(size), numpy.arange(3), indexing="ij")
    if pattern == "gradient":
        pixels = (x + 2 * y * (c + 1)) % 256
    else:
        hashed = ((x * 73856093) ^ (y * 19349663) ^ (c * 83492791)) & 0xFFFFFFFF
        pixels = (hashed >> 13) & 255
    return ((pixels - 127.5) / 64).astype(numpy.float32)
