"""hourglass.h5: the depth network of Chen et al. 2016 with weights by formula, its output and the gradient of its input."""
import torch
import torch.nn.functional as F

from formula import bias, np, tensor, value

# kind: channels in, of the 1x1 branch, of each other branch, and (kernel, channels between) of these
MODULES = {
    "A": (256, 64, 64, ((3, 32), (5, 32), (7, 32))), "B": (256, 64, 64, ((3, 64), (7, 64), (11, 64))),
    "C": (128, 32, 32, ((3, 32), (5, 32), (7, 32))), "D": (128, 64, 64, ((3, 32), (5, 32), (7, 32))),
    "E": (256, 32, 32, ((3, 32), (5, 32), (7, 32))), "F": (128, 32, 32, ((3, 64), (7, 64), (11, 64))),
    "G": (128, 32, 32, ((3, 64), (5, 64), (7, 64))), "H": (128, 16, 16, ((3, 32), (7, 32), (11, 32))),
    "I": (128, 16, 16, ((3, 64), (7, 64), (11, 64))),
}
LEVELS = {4: ("CC", "GH", "I", F.max_pool2d), 3: ("CD", "AE", "CF", F.max_pool2d),  # before and behind the next level, skip path
          2: ("AA", "AB", "AB", F.avg_pool2d), 1: ("AAA", "", "AA", F.avg_pool2d)}


def shapes():
    """Every parameter with its shape, by name."""
    found = {"stem/gamma": (128,), "stem/beta": (128,)}

    def convolution(name, c, k, size, normed=True):
        found[name + "/weight"], found[name + "/bias"] = (k, c, size, size), (k,)
        if normed:
            found[name + "/running_mean"] = found[name + "/running_var"] = (k,)

    convolution("stem", 3, 128, 7)
    convolution("head", 64, 1, 3, False)
    for level, (before, behind, skip, _) in LEVELS.items():
        for path, kinds in (("deep", before + behind), ("skip", skip)):
            for i, kind in enumerate(kinds, 1):
                c, first, width, branches = MODULES[kind]
                name = f"level{level}/{path}{i}"
                convolution(name + "/1x1", c, first, 1)
                for size, between in branches:
                    convolution(f"{name}/{size}x{size}/in", c, between, 1)
                    convolution(f"{name}/{size}x{size}/out", between, width, size)
    return found


class Hourglass:
    """The parameter at place j of the sorted names has seed 1000 + j: weight = sqrt(2 / fan) * sqrt(3) * value,
    fan = kernel^2 * input channels; gamma and running_var = 0.5 * value + 1; the others 0.1 * value."""

    def __init__(self, dtype, training=False):
        self.parameters, self.training = {}, training
        f = np.float32
        for seed, (name, shape) in enumerate(sorted(shapes().items()), 1000):
            if name.endswith("/weight"):
                numbers = np.sqrt(f(2) / f(shape[1] * shape[2] * shape[3])) * np.sqrt(f(3)) * value(shape, seed)
            elif name.endswith(("/gamma", "/running_var")):
                numbers = f(0.5) * value(shape, seed) + f(1)
            else:
                numbers = bias(shape, seed)
            self.parameters[name] = tensor(numbers, dtype).requires_grad_(training and "running" not in name)

    def convolution(self, name, x):
        p = self.parameters
        x = F.conv2d(x, p[name + "/weight"], p[name + "/bias"], padding=p[name + "/weight"].shape[2] // 2)
        if name == "head":
            return x
        x = F.batch_norm(x, p[name + "/running_mean"], p[name + "/running_var"], p.get(name + "/gamma"), p.get(name + "/beta"),
                         training=self.training, momentum=0.1, eps=1e-5)
        return F.relu(x)

    def chain(self, path, kinds, first, x):
        for i, kind in enumerate(kinds, first):
            name = f"{path}{i}"
            parts = [self.convolution(name + "/1x1", x)]
            for size, _ in MODULES[kind][3]:
                wide = f"{name}/{size}x{size}"
                parts.append(self.convolution(wide + "/out", self.convolution(wide + "/in", x)))
            x = torch.cat(parts, 1)
        return x

    def level(self, number, x):
        before, behind, skip, pool = LEVELS[number]
        name = f"level{number}/"
        y = self.chain(name + "deep", before, 1, pool(x, 2))
        if number > 1:
            y = self.level(number - 1, y)
        y = self.chain(name + "deep", behind, 1 + len(before), y)
        return F.interpolate(y, scale_factor=2, mode="nearest") + self.chain(name + "skip", skip, 1, x)

    def __call__(self, x):
        return self.convolution("head", self.level(4, self.convolution("stem", x)))


def record_hourglass(file):
    """x = 0.5 * value seed 1 + 0.5, [1, 3, 32, 48] or [1, 3, 16, 16], and for training [2, 3, 16, 16]; the upstream gradient is value seed 4."""
    for name, shape, training in (("frozen", (1, 3, 32, 48), False), ("small", (1, 3, 16, 16), False),
                                  ("training", (2, 3, 16, 16), True)):
        network = Hourglass(torch.float64, training)
        x = tensor(np.float32(0.5) * value(shape, 1) + np.float32(0.5), torch.float64).requires_grad_()
        y = network(x)
        y.backward(tensor(value(tuple(y.shape), 4), torch.float64))
        group = file.create_group(name)
        group["y"], group["dx"] = y.detach(), x.grad
        if training:
            group["d_stem_gamma"] = network.parameters["stem/gamma"].grad
            group["d_head_weight"] = network.parameters["head/weight"].grad
            group["d_level4_deep4_7x7_in_weight"] = network.parameters["level4/deep4/7x7/in/weight"].grad
            group["running_mean"] = network.parameters["level1/deep3/5x5/out/running_mean"]
            group["running_var"] = network.parameters["level1/deep3/5x5/out/running_var"]
