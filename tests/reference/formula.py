"""The formula behind every input and weight of the records: nothing of it is stored, both sides compute it.

All of it is arithmetic on u32 (modulo 2^32) and f32, each operation rounded to f32 in the order written, so that Python and
C++ agree to the last bit; f64 records widen the f32 values.

    value(i, seed):   h = i + seed * 0x9E3779B9                       i: the flat index of the element, row-major
                      h ^= h >> 16;  h *= 0x85EBCA6B;  h ^= h >> 13;  h *= 0xC2B2AE35;  h ^= h >> 16
                      value = (h >> 8) / 2^23 - 1                     exact in f32, in [-1, 1)
    weight(i, seed, C)          = bound * value(i, seed)              C: input channels of a 3x3 convolution
                      bound = sqrt(2 / (9 * C)) * sqrt(3)             uniform He; quotient, roots and products in f32
    bias(i, seed)               = 0.1 * value(i, seed)
    picture(seed, block, H, W)  = 127.5 * (0.5 * (b + n) + 1)         [3, H, W] in 0..255, RGB
                      n = value((c * H + y) * W + x, seed)            noise, so that no pooling window has a tie
                      b = value((c * ceil(H / block) + y / block) * ceil(W / block) + x / block, seed + 1)
"""
import numpy as np
import torch


def hashed(i, seed):
    h = i.astype(np.uint32) + np.uint32(seed * 0x9E3779B9 & 0xFFFFFFFF)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return (h >> np.uint32(8)).astype(np.float32) / np.float32(2**23) - np.float32(1)


def value(shape, seed):
    return hashed(np.arange(np.prod(shape)), seed).reshape(shape)


def weight(shape, seed):
    f = np.float32
    bound = np.sqrt(f(2) / f(9 * shape[1])) * np.sqrt(f(3))
    return bound * value(shape, seed)


def bias(shape, seed):
    return np.float32(0.1) * value(shape, seed)


def picture(seed, block, height, width):
    f = np.float32
    c, y, x = np.indices((3, height, width))
    rows, columns = -(-height // block), -(-width // block)
    b = hashed((c * rows + y // block) * columns + x // block, seed + 1)
    return f(127.5) * (f(0.5) * (b + value((3, height, width), seed)) + f(1))


def tensor(array, dtype):
    return torch.from_numpy(np.asarray(array)).to(dtype)
