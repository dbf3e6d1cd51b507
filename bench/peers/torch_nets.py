"""The networks in PyTorch, over the parameters as impasto names them."""
import torch
import torch.nn.functional as F

VGG_BLOCKS = (2, 2, 3, 3)  # convolutions, to relu4_3


def compiled_for(device, function):
    """On a GPU with CUDA graphs: what is launched one by one is limited by the launches."""
    return torch.compile(function, mode="reduce-overhead") if device == "cuda" else torch.compile(function)


def transform(p, x):
    """The style network of PyTorch's examples (fast_neural_style): reflected pads, nearest upsampling, instance norm, linear output."""
    def conv(name, x, stride=1):
        weight = p[name + "/weight"]
        return F.conv2d(F.pad(x, (weight.shape[2] // 2,) * 4, mode="reflect"), weight, p[name + "/bias"], stride)

    def norm(name, x):
        return F.instance_norm(x, weight=p[name + "/gamma"], bias=p[name + "/beta"])

    for name, stride in (("conv1", 1), ("conv2", 2), ("conv3", 2)):
        x = F.relu(norm(name, conv(name, x, stride)))
    for i in range(1, 6):
        y = F.relu(norm(f"res{i}/a", conv(f"res{i}/a", x)))
        x = x + norm(f"res{i}/b", conv(f"res{i}/b", y))
    for name in ("up1", "up2"):
        x = F.relu(norm(name, conv(name, F.interpolate(x, scale_factor=2, mode="nearest"))))
    return conv("conv4", x)


def vgg(p, x, last=4):
    """The last ReLU of each block, up to block `last`. Max pools between the blocks."""
    outputs = []
    for block, convolutions in enumerate(VGG_BLOCKS[:last], 1):
        x = F.max_pool2d(x, 2) if outputs else x
        for i in range(1, convolutions + 1):
            name = f"conv{block}_{i}"
            x = F.relu(F.conv2d(x, p[name + "/weight"], p[name + "/bias"], padding=1))
        outputs.append(x)
    return outputs


def adain(p, x):
    """AdaIN (Huang and Belongie 2017): VGG-16 to relu4_1, a painting's statistics, the mirrored decoder; reflected pads. x: RGB 0..1."""
    def conv(name, x):
        return F.conv2d(F.pad(x, (1,) * 4, mode="reflect"), p[name + "/weight"], p[name + "/bias"])

    blocks = VGG_BLOCKS[:3] + (1,)
    x = F.conv2d(x, p["colours/weight"], p["colours/bias"])
    for block, convolutions in enumerate(blocks, 1):
        x = F.max_pool2d(x, 2, ceil_mode=True) if block > 1 else x
        for i in range(1, convolutions + 1):
            x = F.relu(conv(f"encoder/conv{block}_{i}", x))
    x = F.instance_norm(x, weight=p["style/deviation"], bias=p["style/mean"])
    for block in (4, 3, 2, 1):
        x = F.interpolate(x, scale_factor=2, mode="nearest") if block < 4 else x
        for i in range(blocks[block - 1], 0, -1):
            x = conv(f"decoder/conv{block}_{i}", x)
            x = x if (block, i) == (1, 1) else F.relu(x)
    return x


# of the hourglass, by the module's letter: the kernels of its three wide branches
BRANCHES = {"A": (3, 5, 7), "B": (3, 7, 11), "C": (3, 5, 7), "D": (3, 5, 7), "E": (3, 5, 7), "F": (3, 7, 11), "G": (3, 5, 7),
            "H": (3, 7, 11), "I": (3, 7, 11)}
# level: modules before the next level, behind it, and on the skip path; the pool
LEVELS = {4: ("CC", "GH", "I", F.max_pool2d), 3: ("CD", "AE", "CF", F.max_pool2d), 2: ("AA", "AB", "AB", F.avg_pool2d),
          1: ("AAA", "", "AA", F.avg_pool2d)}


def hourglass(p, x):
    """Depth from one picture, Chen et al. 2016 (arXiv 1604.03901), frozen: batch norm by running statistics. x: RGB 0..1."""
    def conv(name, x):
        weight = p[name + "/weight"]
        x = F.conv2d(x, weight, p[name + "/bias"], padding=weight.shape[2] // 2)
        if name == "head":
            return x
        return F.relu(F.batch_norm(x, p[name + "/running_mean"], p[name + "/running_var"], p.get(name + "/gamma"), p.get(name + "/beta")))

    def chain(path, kinds, first, x):
        for i, kind in enumerate(kinds, first + 1):
            name = f"{path}{i}"
            wide = [f"{name}/{k}x{k}" for k in BRANCHES[kind]]
            x = torch.cat([conv(name + "/1x1", x)] + [conv(branch + "/out", conv(branch + "/in", x)) for branch in wide], 1)
        return x

    def level(number, x):
        before, after, skip, pool = LEVELS[number]
        y = chain(f"level{number}/deep", before, 0, pool(x, 2))
        y = level(number - 1, y) if number > 1 else y
        y = chain(f"level{number}/deep", after, len(before), y)
        return F.interpolate(y, scale_factor=2, mode="nearest") + chain(f"level{number}/skip", skip, 0, x)

    return conv("head", level(4, conv("stem", x)))
