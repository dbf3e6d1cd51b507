"""Steps of an optimisation and of a training in PyTorch; layers and weights of the losses are those of `impasto bench step`."""
import torch
import torch.nn.functional as F

from torch_nets import compiled_for, hourglass, transform, vgg

MEAN = (103.939, 116.779, 123.68)  # blue, green, red of 0..255; VGG takes pictures of this order, minus this
CONTENT, STYLE, DEPTH, VARIATION = 1, 5, 1, 1e-6


def gram(x):
    f = x.flatten(2)
    return f @ f.transpose(1, 2) / (x.shape[1] * x.shape[2] * x.shape[3])


def variation(x):
    return (x[..., 1:] - x[..., :-1]).square().sum() + (x[..., 1:, :] - x[..., :-1, :]).square().sum()


def mean_on(device):
    return torch.tensor(MEAN, device=device).view(1, 3, 1, 1)


def seen(x, mean):
    """Red, green, blue of 0..255 as VGG takes it."""
    return x.flip(1) - mean


def painted_like(y, p, content, styles):
    """Losses of y [N, 3, H, W] as VGG takes it, means over the N: content relu2_2, Gram matrices at the last ReLU of each block, total variation."""
    outputs = vgg(p, y)
    loss = CONTENT * F.mse_loss(outputs[1], content)
    for output, style in zip(outputs, styles):
        loss = loss + STYLE * (gram(output) - style).square().sum() / y.shape[0]
    return loss + VARIATION * variation(y) / y.shape[0]


class Gatys:
    """The pixels are what changes; they begin as the painting."""

    def __init__(self, networks, batch, painting, depth):
        self.vgg, self.rate = networks["vgg"], 3
        mean = mean_on(batch.device)
        self.trained = [seen(painting, mean).requires_grad_()]
        with torch.no_grad():
            self.content = vgg(self.vgg, seen(batch, mean))[1]
            self.styles = [gram(output) for output in vgg(self.vgg, seen(painting, mean))]

    def loss(self):
        return painted_like(self.trained[0], self.vgg, self.content, self.styles)


class Train:
    """The style network is what changes. Content and depth of the photographs are part of the step: each has new ones."""

    def __init__(self, networks, batch, painting, depth):
        self.vgg, self.net, self.hourglass = networks["vgg"], networks["net"], networks["depth"] if depth else None
        self.trained = [parameter.requires_grad_() for parameter in self.net.values()]
        self.rate, self.batch, self.mean = 1e-3, batch, mean_on(batch.device)
        with torch.no_grad():
            self.styles = [gram(output) for output in vgg(self.vgg, seen(painting, self.mean))]

    def loss(self):
        with torch.no_grad():
            content = vgg(self.vgg, seen(self.batch, self.mean), 2)[1]
            depth = hourglass(self.hourglass, self.batch / 255) if self.hourglass else None
        y = transform(self.net, self.batch)
        loss = painted_like(seen(y, self.mean), self.vgg, content, self.styles)
        return loss + DEPTH * F.mse_loss(hourglass(self.hourglass, y / 255), depth) if self.hourglass else loss


STEPS = {"gatys": Gatys, "train": Train}


def stepper(kind, networks, pictures, depth, bf16, compiled, device):
    """A function that does one step and returns the loss it began with. pictures: batch and painting, red, green, blue of 0..255."""
    work = STEPS[kind](networks, pictures["batch"], pictures["painting"], depth)
    adam = torch.optim.Adam(work.trained, lr=work.rate, fused=True if device == "cuda" else None)

    def loss():
        with torch.autocast(device, torch.bfloat16, enabled=bf16):
            return work.loss()

    loss = compiled_for(device, loss) if compiled else loss

    def step():
        adam.zero_grad(set_to_none=True)
        value = loss()
        value.backward()
        adam.step()
        return value.item()

    return step
