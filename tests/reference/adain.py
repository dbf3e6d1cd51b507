"""adain.h5: AdaIN with narrow encoders and weights by formula: features, what is painted, gradients, and steps of training."""
import torch
import torch.nn.functional as F

from formula import bias, np, picture, tensor, weight

DEPTHS = {"vgg16": (2, 2, 3, 1), "vgg19": (2, 2, 4, 1)}
WIDTHS = (8, 16, 24, 32)
STEPS = 3


def encoder_parameters(kind, dtype):
    """By vgg.h's names. Convolution l = 0, 1, ... has weight seed 100 + l and bias seed 200 + l."""
    found, channels, layer = {}, 3, 0
    for block, (width, depth) in enumerate(zip(WIDTHS, DEPTHS[kind]), 1):
        for number in range(1, depth + 1):
            found[f"conv{block}_{number}"] = tensor(weight((width, channels, 3, 3), 100 + layer), dtype), tensor(bias((width,), 200 + layer), dtype)
            channels, layer = width, layer + 1
    return found


def decoder_parameters(kind, dtype):
    """By adain.h's names, first to last. Convolution l = 0, 1, ... has weight seed 500 + l and bias seed 520 + l."""
    found, layer = {}, 0
    for block in (4, 3, 2, 1):
        for number in range(DEPTHS[kind][block - 1], 0, -1):
            inputs = WIDTHS[block - 1]
            outputs = inputs if number > 1 else WIDTHS[block - 2] if block > 1 else 3
            found[f"conv{block}_{number}"] = tensor(weight((outputs, inputs, 3, 3), 500 + layer), dtype), tensor(bias((outputs,), 520 + layer), dtype)
            layer += 1
    return found


def reflected(x, parameters):
    return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), *parameters)


def features(p, rgb):
    """relu1_1, relu2_1, relu3_1, relu4_1 of rgb in 0..1, which is BGR of 0..255 less Caffe's means, in f32, to the encoder."""
    x = 255 * rgb.flip(1) - torch.tensor([103.939, 116.779, 123.68]).to(rgb.dtype)[:, None, None]
    found = []
    for name, parameters in p.items():
        if name.endswith("_1") and name != "conv1_1":
            x = F.max_pool2d(x, 2, ceil_mode=True)
        x = F.relu(reflected(x, parameters))
        if name.endswith("_1"):
            found.append(x)
    return found


def decoded(p, x):
    names = list(p)
    for before, name in zip([None] + names, names):
        if before and before[4] != name[4]:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        x = reflected(x, p[name])
        x = x if name == names[-1] else F.relu(x)
    return x


def moments(x):
    return x.mean((2, 3)), (x.var((2, 3), correction=0) + 1e-5).sqrt()


def adain(content, style):
    (mean, deviation), (own_mean, own_deviation) = [[m[:, :, None, None] for m in moments(x)] for x in (style, content)]
    return deviation * (content - own_mean) / own_deviation + mean


def rgb(seed, block, height, width, dtype):
    return tensor(picture(seed, block, height, width) / np.float32(255), dtype)[None]


def record_pass(file, kind):
    """content = picture(1, 5) of 19 x 27, style = picture(3, 4) of 20 x 28, each / 255 in f32; the loss is half the sum of y squared."""
    encoder, decoder = encoder_parameters(kind, torch.float64), decoder_parameters(kind, torch.float64)
    content, style = [x.requires_grad_() for x in (rgb(1, 5, 19, 27, torch.float64), rgb(3, 4, 20, 28, torch.float64))]
    for p in decoder.values():
        p[0].requires_grad_()
    seen = features(encoder, content)[-1]
    mixed = adain(seen, features(encoder, style)[-1])
    y = decoded(decoder, mixed)
    (0.5 * y.square().sum()).backward()
    file["features"], file["adain"], file["y"] = seen.detach(), mixed.detach(), y.detach()
    file["dcontent"], file["dstyle"] = content.grad, style.grad
    file["dweight"] = decoder["conv3_1"][0].grad


def scales(encoder, pictures):
    """One over the root mean square of each channel, which counts as no less than a tenth of its layer's."""
    squares = [torch.cat(layer).square().mean((0, 2, 3)) for layer in zip(*[features(encoder, picture) for picture in pictures])]
    return [torch.maximum(q, 0.01 * q.mean()).rsqrt() for q in squares]


def record_training(file, sums):
    """Photographs are picture(1, 5), (3, 4), (5, 5), (7, 4) of 32 x 32, styles (11, 4), (13, 5), (15, 4), (17, 5); the encoder is scaled by
    the first two photographs; means: weights 1, 10, TV 0.5; sums: 1, 0.02, no TV. Adam, lr 1e-3 / (1 + 5e-5 t)."""
    dtype = torch.float64
    encoder, decoder = encoder_parameters("vgg16", dtype), decoder_parameters("vgg16", dtype)
    photos = torch.cat([rgb(1 + 2 * i, 5 - i % 2, 32, 32, dtype) for i in range(4)])
    styles = torch.cat([rgb(11 + 2 * i, 4 + i % 2, 32, 32, dtype) for i in range(4)])
    factors = [f[:, None, None] for f in scales(encoder, photos[:2, None])]
    seen = lambda x: [f * y for f, y in zip(factors, features(encoder, x))]
    parameters = [p.requires_grad_() for pair in decoder.values() for p in pair]
    adam = torch.optim.Adam(parameters, lr=1e-3)
    rows = []
    for step in range(STEPS):
        wanted = seen(styles)
        target = adain(seen(photos)[-1], wanted[-1])
        y = decoded(decoder, target)
        found = seen(y)
        terms = [F.mse_loss(found[-1], target)]
        for x, s in zip(found, wanted):
            squares = [(a - b).square() for a, b in zip(moments(x), moments(s))]
            terms.append(sum(0.02 * q.sum() / len(y) if sums else 10 * q.mean() for q in squares))
        if not sums:
            terms.append(0.5 * ((y[:, :, 1:] - y[:, :, :-1]).square().sum() + (y[:, :, :, 1:] - y[:, :, :, :-1]).square().sum()) / y.numel())
        for group in adam.param_groups:
            group["lr"] = 1e-3 / (1 + 5e-5 * step)
        adam.zero_grad()
        sum(terms).backward()
        adam.step()
        rows.append([float(term.detach()) for term in [sum(terms), *terms]])
    file["terms"] = torch.tensor(rows, dtype=dtype)


def record_adain(file):
    for kind in DEPTHS:
        record_pass(file.create_group(kind), kind)
    for name in ("means", "sums"):
        record_training(file.create_group(name), name == "sums")
