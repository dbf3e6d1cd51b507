"""Steps of an optimisation and of a training in PyTorch; layers and weights of the losses are those of `impasto bench step`."""
import torch
import torch.nn.functional as F

from torch_nets import hourglass, transform, vgg

MEAN = (103.939, 116.779, 123.68)  # blue, green, red of 0..255: pictures are of this order, minus this
CONTENT, STYLE, DEPTH, VARIATION = 1, 5, 5, 1e-6


def gram(x):
    f = x.flatten(2)
    return f @ f.transpose(1, 2) / (x.shape[1] * x.shape[2] * x.shape[3])


def variation(x):
    return (x[..., 1:] - x[..., :-1]).square().sum() + (x[..., 1:, :] - x[..., :-1, :]).square().sum()


def rgb(x):
    """0..1, as the depth network takes it."""
    return (x + torch.tensor(MEAN).view(1, 3, 1, 1)).flip(1) / 255


def painted_like(y, p, content, styles):
    """Losses of y [N, 3, H, W], means over the N: content relu2_2, Gram matrices at the last ReLU of each block, total variation."""
    outputs = vgg(p, y)
    loss = CONTENT * F.mse_loss(outputs[1], content)
    for output, style in zip(outputs, styles):
        loss = loss + STYLE * (gram(output) - style).square().sum() / y.shape[0]
    return loss + VARIATION * variation(y) / y.shape[0]


class Gatys:
    """The pixels are what changes."""

    def __init__(self, weights, pictures, depth):
        assert not depth
        self.vgg = weights["vgg"]
        self.trained = [pictures["picture"].clone().requires_grad_()]
        self.rate = 3
        with torch.no_grad():
            self.content = vgg(self.vgg, pictures["content"])[1]
            self.styles = [gram(output) for output in vgg(self.vgg, pictures["style"])]

    def loss(self):
        return painted_like(self.trained[0], self.vgg, self.content, self.styles)


class Train:
    """The style network is what changes. Content and depth of the photographs are part of the step: each has new ones."""

    def __init__(self, weights, pictures, depth):
        self.vgg, self.net, self.hourglass = weights["vgg"], weights["net"], weights.get("hourglass")
        self.trained = [parameter.requires_grad_() for parameter in self.net.values()]
        self.rate, self.depth, self.x = 1e-3, depth, pictures["x"]
        with torch.no_grad():
            self.styles = [gram(output) for output in vgg(self.vgg, pictures["style"])]

    def loss(self):
        with torch.no_grad():
            content = vgg(self.vgg, self.x, 2)[1]
            depth = hourglass(self.hourglass, rgb(self.x)) if self.depth else None
        y = transform(self.net, self.x)
        loss = painted_like(y, self.vgg, content, self.styles)
        return loss + DEPTH * F.mse_loss(hourglass(self.hourglass, rgb(y)), depth) if self.depth else loss


STEPS = {"gatys": Gatys, "train": Train}


def stepper(kind, weights, pictures, depth, bf16, compiled):
    """A function that does one step and returns the loss it began with."""
    work = STEPS[kind](weights, pictures, depth)
    adam = torch.optim.Adam(work.trained, lr=work.rate)

    def loss():
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            return work.loss()

    loss = torch.compile(loss) if compiled else loss

    def step():
        adam.zero_grad(set_to_none=True)
        value = loss()
        value.backward()
        adam.step()
        return value.item()

    return step
