"""examples.pth, examples_legacy.pth, pieces.pth, pieces_legacy.pth: files of torch.save; examples.h5: what the network in the
first two makes of a picture.

The network is that of PyTorch's examples (fast_neural_style/neural_style/transformer_net.py) in 2, 3 and 4 channels with one block instead
of five. Parameter j of its state_dict has seed 700 + j: weight = sqrt(2 / fan) * sqrt(3) * value, of norms 0.5 * value + 1;
bias = 0.1 * value.
"""
import torch
from torch import nn

from formula import bias, np, picture, tensor, value


class ConvLayer(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride, upsample=1):
        super().__init__()
        self.upsample = upsample
        self.reflection_pad = nn.ReflectionPad2d(kernel // 2)
        self.conv2d = nn.Conv2d(inputs, outputs, kernel, stride)

    def forward(self, x):
        if self.upsample > 1:
            x = nn.functional.interpolate(x, mode="nearest", scale_factor=self.upsample)
        return self.conv2d(self.reflection_pad(x))


class ResidualBlock(nn.Module):
    def __init__(self, channels, norm):
        super().__init__()
        self.conv1, self.in1 = ConvLayer(channels, channels, 3, 1), norm(channels)
        self.conv2, self.in2 = ConvLayer(channels, channels, 3, 1), norm(channels)

    def forward(self, x):
        return self.in2(self.conv2(torch.relu(self.in1(self.conv1(x))))) + x


class TransformerNet(nn.Module):
    def __init__(self, statistics):
        super().__init__()
        norm = lambda channels: nn.InstanceNorm2d(channels, affine=True, track_running_stats=statistics)
        self.conv1, self.in1 = ConvLayer(3, 2, 9, 1), norm(2)
        self.conv2, self.in2 = ConvLayer(2, 3, 3, 2), norm(3)
        self.conv3, self.in3 = ConvLayer(3, 4, 3, 2), norm(4)
        self.res1 = ResidualBlock(4, norm)
        self.deconv1, self.in4 = ConvLayer(4, 3, 3, 1, 2), norm(3)
        self.deconv2, self.in5 = ConvLayer(3, 2, 3, 1, 2), norm(2)
        self.deconv3 = ConvLayer(2, 3, 9, 1)

    def forward(self, x):
        for conv, norm in ((self.conv1, self.in1), (self.conv2, self.in2), (self.conv3, self.in3)):
            x = torch.relu(norm(conv(x)))
        x = self.res1(x)
        for conv, norm in ((self.deconv1, self.in4), (self.deconv2, self.in5)):
            x = torch.relu(norm(conv(x)))
        return self.deconv3(x)


def network(statistics):
    net = TransformerNet(statistics)
    f = np.float32
    for seed, (name, parameter) in enumerate(net.named_parameters(), 700):
        shape = tuple(parameter.shape)
        if len(shape) == 4:
            numbers = np.sqrt(f(2) / f(np.prod(shape[1:]))) * np.sqrt(f(3)) * value(shape, seed)
        else:
            numbers = f(0.5) * value(shape, seed) + f(1) if name.endswith("weight") else bias(shape, seed)
        parameter.data = tensor(numbers, torch.float32)
    return net


def pieces():
    """Every type and every way to show a part of a storage; integers are floor(100 * value)."""
    row = tensor(value((24,), 1), torch.float32)
    whole = torch.from_numpy(np.floor(100 * value((6,), 9)))
    return {
        "row": row,  # the storage that the next four show parts of
        "turned": row.view(4, 6).t(),
        "middle": row[8:16].view(2, 4),
        "steps": row.view(2, 3, 4)[:, 1:, ::2],
        "parameter": nn.Parameter(row[20:]),
        "f64": tensor(value((2, 3), 5), torch.float64),
        "f16": tensor(value((5,), 6), torch.float16),
        "bf16": tensor(value((5,), 7), torch.bfloat16),
        "scalar": tensor(value((1,), 8), torch.float32)[0],
        "none": torch.zeros(0, 3),
        **{name: whole.to(dtype) for name, dtype in {"i64": torch.int64, "i32": torch.int32, "i16": torch.int16, "i8": torch.int8}.items()},
        "bool": whole > 0,
        "epoch": 3, "rate": 1e-3, "name": "pieces", "big": -2**40, "nothing": None, "list": [1, (2.5, True, False), {}],
    }


def record_pytorch(folder):
    torch.save(network(False).state_dict(), folder / "examples.pth")
    old = network(True)
    optimizer = torch.optim.SGD(old.parameters(), lr=0.0, momentum=0.9)  # a step leaves moments and changes nothing
    old(torch.zeros(1, 3, 16, 16)).sum().backward()
    optimizer.step()
    checkpoint = {"epoch": 2, "optimizer": optimizer.state_dict(), "state_dict": nn.DataParallel(old).state_dict()}
    torch.save(checkpoint, folder / "examples_legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({"model": pieces()}, folder / "pieces.pth", pickle_protocol=4)
    torch.save(pieces(), folder / "pieces_legacy.pth", _use_new_zipfile_serialization=False)


def record_examples(file):
    with torch.no_grad():
        file["y"] = network(False).double()(tensor(picture(1, 5, 20, 24), torch.float64)[None])
