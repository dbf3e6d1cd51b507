"""layers.h5: small single layers, losses and optimisers in f64: the output, and every gradient for a given dy."""
import numpy as np
import torch
import torch.nn.functional as F

from formula import tensor, value
from nets import gram, total_variation

SEEDS = dict(x=1, weight=2, bias=3, dy=4, gamma=5, beta=6, target=9)


def record(file, name, function, scale=1, **shapes):
    """y = function(inputs by the formula); y and the gradient d<input> of every input for dy = value seed 4."""
    inputs = {key: tensor(scale * value(shape, SEEDS[key]), torch.float64).requires_grad_()
              for key, shape in shapes.items()}
    y = function(**inputs)
    y.backward(tensor(value(tuple(y.shape), SEEDS["dy"]), torch.float64) if y.dim() else None)
    group = file.create_group(name)
    group["y"] = y.detach()
    for key, leaf in inputs.items():
        group["d" + key] = leaf.grad


def record_convolutions(file):
    def conv(name, x, w, **options):
        record(file, name, lambda x, weight, bias: F.conv2d(x, weight, bias, **options), x=x, weight=w, bias=(w[0],))

    conv("conv2d_3x3", (2, 17, 7, 9), (19, 17, 3, 3), padding=1)
    conv("conv2d_1x1", (2, 5, 4, 3), (7, 5, 1, 1))
    conv("conv2d_9x9", (1, 3, 12, 11), (5, 3, 9, 9), padding=4)
    conv("conv2d_stride2", (2, 6, 9, 12), (5, 6, 3, 3), stride=2, padding=1)
    conv("conv2d_dilation2", (2, 4, 10, 9), (6, 4, 3, 3), padding=2, dilation=2)
    conv("conv2d_groups2", (2, 6, 7, 8), (8, 3, 3, 3), padding=1, groups=2)
    conv("conv2d_depthwise", (2, 5, 8, 7), (5, 1, 3, 3), padding=1, groups=5)
    conv("conv2d_asymmetric", (1, 3, 7, 10), (4, 3, 3, 5), stride=(2, 1), padding=(1, 3))
    record(file, "conv2d_same_stride2",  # TensorFlow's SAME on even sizes: pads 0 before, 1 after
           lambda x, weight, bias: F.conv2d(F.pad(x, (0, 1, 0, 1)), weight, bias, stride=2),
           x=(2, 3, 8, 10), weight=(4, 3, 3, 3), bias=(4,))
    record(file, "conv_transpose2d",
           lambda x, weight, bias: F.conv_transpose2d(x, weight, bias, stride=2, padding=1, output_padding=1),
           x=(2, 5, 6, 7), weight=(5, 4, 3, 3), bias=(4,))


def record_pads(file):
    for mode in ("reflect", "replicate", "constant"):  # left 2, right 3, top 1, bottom 4
        record(file, "pad_" + mode.replace("constant", "zero"), lambda x: F.pad(x, (2, 3, 1, 4), mode), x=(2, 3, 6, 7))


def record_activations(file):
    functions = dict(leaky_relu=lambda x: F.leaky_relu(x, 0.2), relu6=F.relu6, elu=F.elu, silu=F.silu,
                     sigmoid=torch.sigmoid, tanh150=lambda x: 150 * torch.tanh(x))
    for name, function in functions.items():  # x = 8 * value, so that every piece is met
        record(file, name, lambda x: function(x), scale=8, x=(2, 3, 5, 7))


def record_pools_and_resizes(file):
    record(file, "max_pool_2", lambda x: F.max_pool2d(x, 2), x=(2, 3, 9, 11))
    record(file, "max_pool_3s2_ceil_odd", lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True), x=(2, 3, 9, 11))
    record(file, "max_pool_3s2_ceil_even", lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True), x=(2, 3, 8, 10))
    record(file, "avg_pool_2", lambda x: F.avg_pool2d(x, 2), x=(2, 3, 7, 8))
    record(file, "upsample_nearest2", lambda x: F.interpolate(x, scale_factor=2, mode="nearest"), x=(2, 3, 5, 4))
    for corners in (True, False):
        for name, size in (("grow", (8, 12)), ("shrink", (3, 5))):
            record(file, f"bilinear_{name}_{'corners' if corners else 'centres'}",
                   lambda x: F.interpolate(x, size=size, mode="bilinear", align_corners=corners), x=(2, 3, 5, 7))


def record_norms(file):
    def running(channels):  # mean = value seed 7, var = 1 + 0.5 * value seed 8
        return (tensor(value((channels,), 7), torch.float64),
                tensor(np.float32(0.5) * value((channels,), 8) + np.float32(1), torch.float64))

    shapes = dict(x=(3, 5, 6, 7), gamma=(5,), beta=(5,))
    record(file, "instance_norm", lambda x, gamma, beta: F.instance_norm(x, weight=gamma, bias=beta), **shapes)
    record(file, "instance_norm_conditional",
           lambda x, gamma, beta: F.instance_norm(x) * gamma[:, :, None, None] + beta[:, :, None, None],
           x=(3, 5, 6, 7), gamma=(3, 5), beta=(3, 5))
    mean, var = running(5)
    record(file, "batch_norm_training",
           lambda x, gamma, beta: F.batch_norm(x, mean, var, gamma, beta, training=True, momentum=0.1), **shapes)
    file["batch_norm_training"]["running_mean"], file["batch_norm_training"]["running_var"] = mean, var
    mean, var = running(5)
    record(file, "batch_norm_eval", lambda x, gamma, beta: F.batch_norm(x, mean, var, gamma, beta), **shapes)


def ranking(x):
    """Chen et al.'s loss of 12 pairs an image: pixels (7 k + n) mod 35 and (11 k + 3) mod 35 of image n, of relation k mod 3 - 1."""
    k, n = torch.arange(12), torch.arange(len(x))[:, None]
    flat, r = x.flatten(1), k % 3 - 1
    d = flat.gather(1, (7 * k + n) % 35) - flat.gather(1, (11 * k + 3).expand(len(x), -1) % 35)
    return torch.where(r == 0, d.square(), F.softplus(-r * d)).sum()


def record_losses(file):
    record(file, "ranking", ranking, scale=4, x=(2, 1, 5, 7))
    record(file, "gram", gram, x=(2, 5, 6, 7))
    record(file, "mse", lambda x, target: F.mse_loss(x, target), scale=4, x=(2, 3, 5, 4), target=(2, 3, 5, 4))
    record(file, "smooth_l1", lambda x, target: F.smooth_l1_loss(x, target), scale=4, x=(2, 3, 5, 4), target=(2, 3, 5, 4))
    record(file, "total_variation", total_variation, x=(2, 3, 5, 7))
    record(file, "total_variation_torch7",  # half the sum over the top-left (H-1) x (W-1) lattice
           lambda x: 0.5 * ((x[..., :-1, :-1] - x[..., :-1, 1:]).square().sum()
                            + (x[..., :-1, :-1] - x[..., 1:, :-1]).square().sum()), x=(2, 3, 5, 7))


def record_optimisers(file):
    """x = value seed 1 of 17 elements; the gradient of step t = 1..5 is scale * value seed 20 + t.
    Row t - 1: x after step t."""
    def steps(name, make, scale):
        x = tensor(value((17,), 1), torch.float64)
        step, rows = make(x), []
        for t in range(1, 6):
            x.grad = scale * tensor(value((17,), 20 + t), torch.float64)
            step(t)
            rows.append(x.clone())
        file.create_group(name)["x"] = torch.stack(rows)

    def adam(x):
        optimiser = torch.optim.Adam([x], lr=0.1)
        return lambda t: optimiser.step()

    def sgd(x):
        optimiser = torch.optim.SGD([x], lr=0.1, momentum=0.9)
        return lambda t: optimiser.step()

    def adam_torch7(x):
        m, v = torch.zeros_like(x), torch.zeros_like(x)

        def step(t):
            m.mul_(0.9).add_(0.1 * x.grad)
            v.mul_(0.999).add_(0.001 * x.grad.square())
            x.sub_(0.1 * (1 - 0.999**t) ** 0.5 / (1 - 0.9**t) * m / (v.sqrt() + 1e-8))
        return step

    steps("adam", adam, 1)
    steps("adam_small_gradient", adam, 2.0**-20)  # where the two places of epsilon are far apart
    steps("adam_torch7", adam_torch7, 1)
    steps("adam_torch7_small_gradient", adam_torch7, 2.0**-20)
    steps("sgd_momentum", sgd, 1)


def record_layers(file):
    for part in (record_convolutions, record_pads, record_activations, record_pools_and_resizes, record_norms,
                 record_losses, record_optimisers):
        part(file)
