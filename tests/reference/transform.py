"""transform.h5: feed-forward style networks of a few channels, their outputs and gradients, one group a case."""
import re

import torch
import torch.nn.functional as F

from formula import bias, np, tensor, value

BODY = "c9s1-4,d6,R6,u4,c9s1-3"
EXAMPLES = "c9s1-4,c3s2-6,c3s2-8,R8,n2-6,n2-4,c9s1-3;padding=reflect;output=linear"
LENGSTROM = "c9s1-4,c3s2-6,c3s2-8,R8,u6,u4,c9s1-3;padding=same;eps=0.001;bias=no;norm-last=yes;output=tanh:150:127.5"
CONDITIONAL = "c9s1-4,c3s2-6,c3s2-8,R8,n2-6,n2-4,c9s1-3;padding=reflect;bias=no;norm-last=yes;output=sigmoid;styles=3"
# name: architecture, shape of x, what the network multiplies pixels by, and the parameters whose gradients are recorded
CASES = {
    "reflect_start": (BODY, (1, 3, 20, 24), 1, ["conv1/weight"]),
    "none": (BODY + ";padding=none", (1, 3, 28, 24), 1, []),
    "zero": (BODY + ";padding=zero", (1, 3, 19, 24), 1, []),
    "reflect": (BODY + ";padding=reflect", (1, 3, 20, 24), 1, ["res1/a/weight"]),
    "replicate": (BODY + ";padding=replicate", (1, 3, 20, 24), 1, []),
    "batch_norm": (BODY + ";padding=zero;norm=batch", (1, 3, 20, 24), 1 / 255, []),
    "batch_norm_training": (BODY + ";padding=zero;norm=batch", (2, 3, 12, 16), 1, ["conv2/bias", "down1/gamma", "up1/weight"]),
    "other_tokens": ("c3s1-4,d6,C5,R5,f5s2-4,d6,U2,f3s1-4,c9s1-3;padding=replicate", (1, 3, 20, 24), 1, ["up2/gamma", "up3/weight"]),
    "pytorch_examples": (EXAMPLES, (1, 3, 20, 24), 1, []),
    "lengstrom": (LENGSTROM, (1, 3, 20, 24), 1 / 255, ["up1/weight"]),
    "lengstrom_odd": (LENGSTROM, (1, 3, 21, 18), 1 / 255, []),
    "conditional": (CONDITIONAL, (2, 3, 12, 16), 1 / 255, ["conv1/gamma", "conv4/beta"]),
}
BLEND = [[0, 1, 0], [0.25, 0, 0.75]]  # the second style alone, and two of three


class Network:
    """Parameter j in order of use (weight, bias, gamma, beta, running_mean, running_var of each layer) has seed 300 + j:
    weight = sqrt(2 / fan) * sqrt(3) * value, fan = kernel^2 * input channels; gamma and running_var = 1 + 0.5 * value;
    the others 0.1 * value."""

    def __init__(self, text, dtype, scale, training):
        tokens, *options = text.split(";")
        self.options = dict(option.split("=") for option in options)
        self.tokens, self.dtype, self.scale, self.training = tokens.split(","), dtype, scale, training
        self.padding = self.options.get("padding", "reflect-start")
        self.parameters, self.count = {}, {}

    def parameter(self, name, make):
        if name not in self.parameters:
            statistic = "running" in name
            self.parameters[name] = tensor(make(300 + len(self.parameters)), self.dtype).requires_grad_(not statistic)
        return self.parameters[name]

    def weight(self, name, shape, inputs):
        f = np.float32
        bound = np.sqrt(f(2) / f(shape[2] * shape[3] * inputs)) * np.sqrt(f(3))
        weight = self.parameter(name + "/weight", lambda seed: bound * value(shape, seed))
        if self.options.get("bias") == "no":
            return weight, None
        outputs = shape[0] + shape[1] - inputs
        return weight, self.parameter(name + "/bias", lambda seed: bias((outputs,), seed))

    def conv(self, name, x, k, s, n, kind):
        weight, b = self.weight(name, (n, x.shape[1], k, k), x.shape[1])
        if kind == "same":
            pads = [max((-(-side // s) - 1) * s + k - side, 0) for side in x.shape[2:]]
            (top, left) = (p // 2 for p in pads)
            x = F.pad(x, (left, pads[1] - left, top, pads[0] - top))
        elif kind in ("reflect", "replicate"):
            x = F.pad(x, (k // 2,) * 4, mode=kind)
        elif kind == "zero":
            x = F.pad(x, (k // 2,) * 4)
        return F.conv2d(x, weight, b, stride=s)

    def full_conv(self, name, x, k, s, n):
        weight, b = self.weight(name, (x.shape[1], n, k, k), x.shape[1])
        if self.padding == "same":
            assert (k, s) == (3, 2)
            return F.conv_transpose2d(x, weight, b, stride=2)[..., :2 * x.shape[2], :2 * x.shape[3]]
        return F.conv_transpose2d(x, weight, b, stride=s, padding=(k - 1) // 2, output_padding=s - 1)

    def norm(self, name, x, blend):
        c, eps = (x.shape[1],), float(self.options.get("eps", 1e-5))
        rows = (int(self.options["styles"]), *c) if "styles" in self.options else c
        one_and_half = lambda shape: lambda seed: np.float32(0.5) * value(shape, seed) + np.float32(1)
        gamma = self.parameter(name + "/gamma", one_and_half(rows))
        beta = self.parameter(name + "/beta", lambda seed: bias(rows, seed))
        if self.options.get("norm") == "batch":
            mean = self.parameter(name + "/running_mean", lambda seed: bias(c, seed))
            variance = self.parameter(name + "/running_var", one_and_half(c))
            return F.batch_norm(x, mean, variance, gamma, beta, training=self.training, momentum=0.1, eps=eps)
        if blend is not None:
            gamma, beta = ((blend.to(x.dtype) @ table)[:, :, None, None] for table in (gamma, beta))
            return gamma * F.instance_norm(x, eps=eps) + beta
        return F.instance_norm(x, weight=gamma, bias=beta, eps=eps)

    def block(self, name, x, n, blend):
        kind = {"reflect-start": "nothing", "none": "nothing"}.get(self.padding, self.padding)
        x = self.conv(name + "/a", x, 3, 1, n, kind)
        x = F.relu(self.norm(name + "/a", x, blend))
        x = self.conv(name + "/b", x, 3, 1, n, kind)
        return self.norm(name + "/b", x, blend)

    def layer(self, name, token, x, blend, last):
        kind, (first, *rest) = token[0], [int(number) for number in re.findall(r"\d+", token)]
        around = {"reflect-start": "zero", "none": "zero"}.get(self.padding, self.padding)
        if kind == "R":
            y = self.block(name, x, first, blend)
            cut = (x.shape[2] - y.shape[2]) // 2
            return y + x[:, :, cut:x.shape[2] - cut, cut:x.shape[3] - cut]
        if kind == "C":
            return F.relu(self.block(name, x, first, blend))
        if kind == "c":
            x = self.conv(name, x, first, rest[0], rest[1], around)
        if kind == "d":
            x = self.conv(name, x, 3, 2, first, "same" if around == "same" else "zero")
        if kind == "u":
            x = self.full_conv(name, x, 3, 2, first)
        if kind == "f":
            x = self.full_conv(name, x, first, rest[0], rest[1])
        if kind in "Un":
            x = F.interpolate(x, scale_factor=first, mode="nearest")
        if kind == "n":
            x = self.conv(name, x, 3, 1, rest[0], around)
        if last and self.options.get("norm-last") != "yes":
            return x
        x = self.norm(name, x, blend)
        return x if last else F.relu(x)

    def start_pad(self):
        """In a network that takes 4 pixels of half or a quarter of the size from each block."""
        shrinks = sum(token[0] == "d" for token in self.tokens)
        return 2 * 2**shrinks * sum(token[0] == "R" for token in self.tokens) if self.padding == "reflect-start" else 0

    def __call__(self, x, blend=None):
        x = F.pad(x * self.scale, (self.start_pad(),) * 4, mode="reflect")
        names = {"c": "conv", "d": "down", "R": "res", "C": "plain"}
        for i, token in enumerate(self.tokens):
            name = names.get(token[0], "up")
            self.count[name] = self.count.get(name, 0) + 1
            x = self.layer(name + str(self.count[name]), token, x, blend, i + 1 == len(self.tokens))
        kind, *numbers = self.options.get("output", "tanh:150").split(":")
        numbers = [float(n) for n in numbers] + [0]
        if kind == "tanh":
            x = numbers[0] * torch.tanh(x) + numbers[1]
        if kind == "sigmoid":
            x = torch.sigmoid(x)
        return x / self.scale


def record_transform(file):
    """x = 100 * value seed 1; the upstream gradient is value seed 4."""
    for name, (text, shape, scale, gradients) in CASES.items():
        network = Network(text, torch.float64, scale, name == "batch_norm_training")
        x = tensor(np.float32(100) * value(shape, 1), torch.float64).requires_grad_()
        y = network(x, torch.tensor(BLEND) if name == "conditional" else None)
        y.backward(tensor(value(tuple(y.shape), 4), torch.float64))
        group = file.create_group(name)
        group["y"], group["dx"] = y.detach(), x.grad
        for parameter in gradients:
            group["d_" + parameter.replace("/", "_")] = network.parameters[parameter].grad
        if name == "batch_norm_training":
            group["running_mean"] = network.parameters["res1/a/running_mean"]
            group["running_var"] = network.parameters["res1/a/running_var"]
