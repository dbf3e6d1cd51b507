"""vgg_depth.h5: the depth network on VGG-16 with a narrow trunk and weights by formula, its depth and the gradient of its input."""
import torch
import torch.nn.functional as F

from formula import bias, np, tensor, value, weight

DEPTHS = (2, 2, 3, 3, 3)
WIDTHS = (4, 6, 8, 10, 12)
LAYERS = {"squeeze": (22, 96, 1), "at8": (96, 96, 3), "at16": (96, 96, 3), "at32a": (96, 96, 3), "at32b": (96, 96, 3),
          "back16": (192, 96, 3), "back8": (192, 96, 3), "head": (96, 1, 3)}


def formula_parameters(dtype):
    """By vgg_depth.h's names. Convolution l = 0..12 of the trunk has weight seed 100 + l and bias seed 200 + l, layer l = 0..7 behind it
    weight seed 400 + l and bias seed 410 + l. Of its norm, gamma is 1 + 0.5 value seed 420 + l, beta 0.1 value seed 430 + l, the mean
    0.1 value seed 440 + l, the variance 1 + 0.5 value seed 450 + l; of the features' norm the mean is value seed 460, the variance 1 + 0.5
    value seed 461."""
    found, channels, layer = {}, 3, 0

    def around(size, seed, centre, reach):
        return np.float32(reach) * value((size,), seed) + np.float32(centre)

    for block, (width, depth) in enumerate(zip(WIDTHS, DEPTHS), 1):
        for number in range(1, depth + 1):
            found[f"trunk/conv{block}_{number}/weight"] = weight((width, channels, 3, 3), 100 + layer)
            found[f"trunk/conv{block}_{number}/bias"] = bias((width,), 200 + layer)
            channels, layer = width, layer + 1
    found["features/running_mean"], found["features/running_var"] = around(22, 460, 0, 1), around(22, 461, 1, 0.5)
    for l, (name, (inputs, outputs, kernel)) in enumerate(LAYERS.items()):
        found[name + "/weight"] = weight((outputs, inputs, kernel, kernel), 400 + l)
        found[name + "/bias"] = bias((outputs,), 410 + l)
        if name != "head":
            found[name + "/gamma"], found[name + "/beta"] = around(outputs, 420 + l, 1, 0.5), around(outputs, 430 + l, 0, 0.1)
            found[name + "/running_mean"] = around(outputs, 440 + l, 0, 0.1)
            found[name + "/running_var"] = around(outputs, 450 + l, 1, 0.5)
    return {name: tensor(a, dtype) for name, a in found.items()}


def vgg_depth(p, rgb):
    """p: by vgg_depth.h's names; rgb: [N, 3, H, W], 0..1. The trunk takes BGR of 0..255 less Caffe's means, in f32."""
    x = 255 * rgb.flip(1) - torch.tensor([103.939, 116.779, 123.68]).to(rgb.dtype)[:, None, None]
    seen = []
    for block, depth in enumerate(DEPTHS, 1):
        x = F.max_pool2d(x, 2) if block > 1 else x
        for number in range(1, depth + 1):
            name = f"trunk/conv{block}_{number}"
            x = F.relu(F.conv2d(x, p[name + "/weight"], p[name + "/bias"], padding=1))
        seen.append(x)

    def norm(name, x, affine):
        return F.batch_norm(x, p[name + "/running_mean"], p[name + "/running_var"], *([p[name + "/gamma"], p[name + "/beta"]] if affine else []))

    def layer(name, x):
        x = F.conv2d(x, p[name + "/weight"], p[name + "/bias"], padding=p[name + "/weight"].shape[2] // 2)
        return x if name == "head" else F.relu(norm(name, x, True))

    def twice(x):
        return F.interpolate(x, scale_factor=2, mode="nearest")

    at8 = layer("at8", layer("squeeze", norm("features", torch.cat([seen[3], twice(seen[4])], 1), False)))
    at16 = layer("at16", F.max_pool2d(at8, 2))
    back16 = layer("back16", torch.cat([at16, twice(layer("at32b", layer("at32a", F.max_pool2d(at16, 2))))], 1))
    z = layer("head", layer("back8", torch.cat([at8, twice(back16)], 1)))
    rows = (torch.arange(rgb.shape[2], dtype=rgb.dtype) + 0.5) / rgb.shape[2]
    return F.interpolate(z, size=rgb.shape[2:], mode="bilinear", align_corners=False) + 1.5 * (1 - rows)[:, None]


def record_vgg_depth(file):
    """rgb = 0.5 + 0.5 value seed 1, the upstream gradient value seed 4."""
    p = formula_parameters(torch.float64)
    rgb = (0.5 + 0.5 * tensor(value((2, 3, 64, 32), 1), torch.float64)).requires_grad_()
    y = vgg_depth(p, rgb)
    y.backward(tensor(value(tuple(y.shape), 4), torch.float64))
    file["y"], file["dx"] = y.detach(), rgb.grad
