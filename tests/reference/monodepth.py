"""monodepth.h5: monodepth2 with ResNet-18 and ResNet-50 at a sixteenth of their widths and weights by formula, its disparity and the
gradient of its input; monodepth_encoder.pth and monodepth_depth.pth: the state_dicts of the first, as nianticlabs/monodepth2 saves them.

The modules are nested and called as there and in torchvision, so that state_dict() has their names.
"""
import re

import torch
import torch.nn.functional as F
from torch import nn

from formula import bias, np, tensor, value

WIDTH = 4  # of the first convolution; 64 in the published ones


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inputs, width, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        if stride != 1 or inputs != width:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (self.downsample(x) if hasattr(self, "downsample") else x))


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, inputs, width, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width)
        if stride != 1 or inputs != 4 * width:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width))

    def forward(self, x):
        y = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
        return F.relu(self.bn3(self.conv3(y)) + (self.downsample(x) if hasattr(self, "downsample") else x))


class ResNet(nn.Module):
    def __init__(self, block, depths):
        super().__init__()
        self.conv1, self.bn1, inputs = nn.Conv2d(3, WIDTH, 7, 2, 3, bias=False), nn.BatchNorm2d(WIDTH), WIDTH
        for layer, depth in enumerate(depths):
            blocks = []
            for i in range(depth):
                blocks.append(block(inputs, WIDTH << layer, 2 if layer > 0 and i == 0 else 1))
                inputs = (WIDTH << layer) * block.expansion
            setattr(self, f"layer{layer + 1}", nn.Sequential(*blocks))
        self.fc = nn.Linear(inputs, 3)


class Encoder(nn.Module):
    def __init__(self, block, depths):
        super().__init__()
        self.encoder = ResNet(block, depths)
        self.widths = [WIDTH] + [(WIDTH << i) * block.expansion for i in range(4)]

    def forward(self, x):
        net = self.encoder
        features = [F.relu(net.bn1(net.conv1((x - 0.45) / 0.225)))]
        features.append(net.layer1(F.max_pool2d(features[-1], 3, 2, 1)))
        for layer in (net.layer2, net.layer3, net.layer4):
            features.append(layer(features[-1]))
        return features


class Conv3x3(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.pad, self.conv = nn.ReflectionPad2d(1), nn.Conv2d(inputs, outputs, 3)

    def forward(self, x):
        return self.conv(self.pad(x))


class ConvBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv, self.nonlin = Conv3x3(inputs, outputs), nn.ELU()

    def forward(self, x):
        return self.nonlin(self.conv(x))


class Decoder(nn.Module):
    def __init__(self, encoder_widths):
        super().__init__()
        widths, modules = [WIDTH // 4 << i for i in range(5)], []
        for i in range(4, -1, -1):
            modules.append(ConvBlock(encoder_widths[-1] if i == 4 else widths[i + 1], widths[i]))
            modules.append(ConvBlock(widths[i] + (encoder_widths[i - 1] if i > 0 else 0), widths[i]))
        self.decoder = nn.ModuleList(modules + [Conv3x3(widths[s], 1) for s in range(4)])

    def forward(self, features):
        x = features[-1]
        for i in range(4, -1, -1):
            x = F.interpolate(self.decoder[8 - 2 * i](x), scale_factor=2, mode="nearest")
            x = self.decoder[9 - 2 * i](torch.cat([x, features[i - 1]], 1) if i > 0 else x)
        return torch.sigmoid(self.decoder[10](x))


def our_name(name):
    """As nets/monodepth_architecture.h has it; "" for what is not used."""
    part = {"weight": "weight", "bias": "bias", "running_mean": "running_mean", "running_var": "running_var"}.get(name.split(".")[-1], "")
    if not part or ".fc." in name:
        return ""
    if found := re.match(r"decoder\.(\d+)\.", name):
        n = int(found[1])
        return f"upconv{4 - n // 2}_{n % 2}/{part}" if n < 10 else f"dispconv0/{part}" if n == 10 else ""
    norm = re.search(r"\.bn\d\.|\.downsample\.1\.", name)
    part = {"weight": "gamma", "bias": "beta"}.get(part, part) if norm else part
    found = re.match(r"encoder\.(?:layer(\d)\.(\d+)\.)?(conv|bn|downsample)\.?(\d)", name)
    place = f"layer{found[1]}/block{int(found[2]) + 1}/" if found[1] else ""
    return place + ("shortcut" if found[3] == "downsample" else f"conv{found[4]}") + f"/{part}"


def network(block, depths):
    """Of the parameters that are used, sorted by our names, that at place j has seed 900 + j: weights are sqrt(2 / fan) * sqrt(3) * value,
    gamma and running_var 0.5 * value + 1, the others 0.1 * value. The rest is 0."""
    encoder = Encoder(block, depths)
    decoder = Decoder(encoder.widths)
    f, states = np.float32, {**encoder.state_dict(), **decoder.state_dict()}
    seeds = {name: 900 + j for j, name in enumerate(sorted(filter(None, map(our_name, states))))}
    for name, array in states.items():
        ours, shape = our_name(name), tuple(array.shape)
        if not ours:
            numbers = np.zeros(shape, f)
        elif ours.endswith("/weight"):
            numbers = np.sqrt(f(2) / f(shape[1] * shape[2] * shape[3])) * np.sqrt(f(3)) * value(shape, seeds[ours])
        elif ours.endswith(("/gamma", "/running_var")):
            numbers = f(0.5) * value(shape, seeds[ours]) + f(1)
        else:
            numbers = bias(shape, seeds[ours])
        array.copy_(torch.from_numpy(np.asarray(numbers)))
    return encoder.eval(), decoder.eval()


def record_monodepth(file):
    """x = 0.5 * value seed 1 + 0.5; the upstream gradient is value seed 4."""
    for name, block, depths, shape in (("resnet18", BasicBlock, (2, 2, 2, 2), (1, 3, 64, 96)),
                                       ("resnet50", Bottleneck, (3, 4, 6, 3), (1, 3, 64, 64))):
        encoder, decoder = (module.double() for module in network(block, depths))
        x = tensor(np.float32(0.5) * value(shape, 1) + np.float32(0.5), torch.float64).requires_grad_()
        y = decoder(encoder(x))
        y.backward(tensor(value(tuple(y.shape), 4), torch.float64))
        group = file.create_group(name)
        group["y"], group["dx"] = y.detach(), x.grad


def record_monodepth_files(folder):
    encoder, decoder = network(BasicBlock, (2, 2, 2, 2))
    torch.save({**encoder.state_dict(), "height": 192, "width": 640, "use_stereo": False}, folder / "monodepth_encoder.pth")
    torch.save(decoder.state_dict(), folder / "monodepth_depth.pth")
