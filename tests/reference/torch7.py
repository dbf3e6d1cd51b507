"""fast_neural_style.t7, fast_neural_style_batch.t7: checkpoints as Torch7's own File.lua writes them.

    pip install lupa==2.8 torchfile==0.1.0
    python tests/reference/torch7.py File.lua      File.lua of https://github.com/torch/torch7 at commit 093ad8d

File.lua decides on tags, indices, tables, references and functions; it is run by Lua 5.1 with as much of Torch around it as it needs, and
tensors and storages are written by the lines below as Tensor.c and Storage.c do. torchfile, another reader, must find the numbers again.
The networks are reflect_start and batch_norm of transform.py with those parameters, built in the order of fast-neural-style's models.lua.
"""
import struct
import sys
from pathlib import Path

import torch
import torchfile
from lupa.lua51 import LuaRuntime

from formula import np
from transform import BODY, Network

HERE = Path(__file__).parent

TORCH = """
local File, kinds, versions, writers, environments = {}, {}, {}, {}, {}
torch = {
  getmetatable = function(name) return name == 'torch.File' and File or {write = writers[name]} end,
  typename = function(object) return kinds[object] end,
  factory = function(name) return name end,
  version = function(object) return versions[object] end,
  pointer = function(object) return object end,
  getenv = function(file) return environments[file] or {} end,
  setenv = function(file, environment) environments[file] = environment end,
  CharStorage = function() return {string = function(_, text) return text end} end,
}
function object(kind, version, fields) kinds[fields], versions[fields] = kind, version return fields end
function closure(number) return function() return number end end
function write(value, raw, of_tensor, of_storage)
  for _, kind in ipairs {'Float', 'Cuda'} do
    writers['torch.' .. kind .. 'Tensor'] = function(tensor, file) of_tensor(tensor, file) end
    writers['torch.' .. kind .. 'Storage'] = function(storage) of_storage(storage) end
  end
  local file = setmetatable({writeInt = function(_, x) raw('i', x) end, writeDouble = function(_, x) raw('d', x) end,
                             writeChar = function(_, text) raw('s', text) end}, {__index = File})
  file:writeObject(value)
end
"""


class Writer:
    def __init__(self, file_lua):
        self.lua = LuaRuntime(encoding="latin-1", unpack_returned_tuples=True)
        self.lua.execute(TORCH)
        self.lua.execute(Path(file_lua).read_text())
        self.bytes = b""

    def table(self, fields):
        if isinstance(fields, dict):
            return self.lua.table_from({name: self.table(field) for name, field in fields.items()})
        return self.lua.table(*[self.table(item) for item in fields]) if isinstance(fields, list) else fields

    def object(self, kind, fields, version=1):
        return self.lua.globals().object(kind, version, self.table(fields))

    def raw(self, kind, value):
        self.bytes += value.encode("latin-1") if kind == "s" else struct.pack("<" + kind, int(value) if kind == "i" else value)

    def write_tensor(self, tensor, file):
        sizes, strides = list(tensor.size.values()), list(tensor.stride.values())
        self.bytes += struct.pack(f"<i{2 * len(sizes) + 1}q", len(sizes), *sizes, *strides, tensor.offset + 1)
        file.writeObject(file, tensor.storage)

    def write_storage(self, storage):
        self.bytes += struct.pack("<q", len(storage.numbers) // 4) + storage.numbers.encode("latin-1")

    def save(self, path, value):
        self.bytes = b""
        self.lua.globals().write(value, self.raw, self.write_tensor, self.write_storage)
        path.write_bytes(self.bytes)


class Model:
    """The modules of a network whose parameters lie in one storage, as getParameters leaves them."""

    def __init__(self, writer, parameters, kind, convolution, batch):
        self.writer, self.kind, self.convolution_class, self.batch = writer, kind, convolution, batch
        self.parameters = {name: parameter.detach().float().numpy() for name, parameter in parameters.items()}
        flat = np.concatenate([p.ravel() for p in self.parameters.values()])
        self.storage = writer.object(f"torch.{kind}Storage", {"numbers": flat.tobytes().decode("latin-1")})
        self.offsets = dict(zip(self.parameters, np.cumsum([0] + [p.size for p in self.parameters.values()])))

    def tensor(self, name, shape=None):
        shape = [int(size) for size in shape or self.parameters[name].shape]
        strides = [int(np.prod(shape[i + 1:])) for i in range(len(shape))]
        return self.writer.object(f"torch.{self.kind}Tensor", {"size": shape, "stride": strides, "offset": int(self.offsets[name]),
                                                               "storage": self.storage})

    def module(self, kind, fields={}, version=1):
        empty = self.writer.object(f"torch.{self.kind}Tensor", {"size": [], "stride": [], "offset": 0})
        return self.writer.object(kind, {**fields, "output": empty, "train": False, "_type": f"torch.{self.kind}Tensor"}, version)

    def container(self, kind, modules):
        return self.module(kind, {"modules": modules})

    def convolution(self, name, stride, pad, kind=None, fields={}):
        k, c, size, _ = self.parameters[name + "/weight"].shape
        inputs, outputs = (k, c) if fields else (c, k)
        kind = kind or self.convolution_class
        return self.module(kind, {"nInputPlane": inputs, "nOutputPlane": outputs, "kW": size, "kH": size, "dW": stride, "dH": stride,
                                  "padW": pad, "padH": pad, **fields, "bias": self.tensor(name + "/bias"),
                                  "weight": self.tensor(name + "/weight", (k, c * size * size) if kind.endswith("MM") else None)})

    def norm(self, name):
        fields = {"eps": 1e-5, "weight": self.tensor(name + "/gamma"), "bias": self.tensor(name + "/beta")}
        if not self.batch:
            return self.module("nn.InstanceNormalization", {**fields, "prev_N": -1})
        fields |= {"affine": True, "momentum": 0.1, "running_mean": self.tensor(name + "/running_mean")}
        if name != "up1":
            return self.module("cudnn.SpatialBatchNormalization", {**fields, "running_var": self.tensor(name + "/running_var")}, 2)
        variance = self.parameters[name + "/running_var"]
        rstd = 1 / np.sqrt(variance + np.float32(1e-5))
        numbers = self.writer.object(f"torch.{self.kind}Storage", {"numbers": rstd.tobytes().decode("latin-1")})
        std = self.writer.object(f"torch.{self.kind}Tensor", {"size": [len(rstd)], "stride": [1], "offset": 0, "storage": numbers})
        return self.module("nn.SpatialBatchNormalization", {**fields, "running_std": std})

    def network(self):
        relu = lambda: self.module("nn.ReLU", {"inplace": True, "threshold": 0, "val": 0})
        around = lambda n: self.module("nn.SpatialReflectionPadding", {"pad_l": n, "pad_r": n, "pad_t": n, "pad_b": n})
        pad = 1 if self.batch else 0
        block = [self.convolution("res1/a", 1, pad), self.norm("res1/a"), relu(), self.convolution("res1/b", 1, pad), self.norm("res1/b")]
        shortcut = self.module("nn.Identity") if self.batch else self.module("nn.ShaveImage", {"size": 2})
        up = {"adjW": 1, "adjH": 1}
        modules = [] if self.batch else [around(4)]
        modules += [self.convolution("conv1", 1, 4), self.norm("conv1"), relu()]
        modules += [self.convolution("down1", 2, 1, "nn.SpatialConvolutionMM"), self.norm("down1"), relu()]
        modules += [self.container("nn.Sequential", [self.container("nn.ConcatTable", [self.container("nn.Sequential", block), shortcut]),
                                                     self.module("nn.CAddTable")])]
        modules += [self.convolution("up1", 2, 1, "nn.SpatialFullConvolution", up), self.norm("up1"), relu()]
        modules += [self.convolution("conv2", 1, 4), self.module("nn.Tanh"), self.module("nn.MulConstant", {"constant_scalar": 150})]
        modules += [self.module("nn.TotalVariation", {"strength": 1e-6})]
        return self.container("nn.Sequential", modules)


def checkpoint(writer, path, options, kind, convolution):
    net = Network(BODY + options, torch.float64, 1, False)
    net(torch.zeros(1, 3, 20, 24, dtype=torch.float64))
    batch = "norm=batch" in options
    model = Model(writer, net.parameters, kind, convolution, batch)
    opt = {"arch": BODY, "padding_type": "zero" if batch else "reflect-start", "use_instance_norm": 0 if batch else 1,
           "preprocessing": "resnet" if batch else "vgg", "tanh_constant": 150, "style_layers": [4, 9, 16, 23]}
    value = writer.table({"opt": opt, "train_loss_history": [3.5, 2.25], "resume": writer.lua.globals().closure(7),
                          "model": model.network()})
    value.again = value  # a table that holds itself
    writer.save(path, value)
    conv1 = torchfile.load(str(path))[b"model"].modules[0 if batch else 1]
    assert np.array_equal(conv1.weight, net.parameters["conv1/weight"].detach().float().numpy()), path


if __name__ == "__main__":
    out = Writer(sys.argv[1])
    checkpoint(out, HERE / "fast_neural_style.t7", "", "Float", "nn.SpatialConvolution")
    checkpoint(out, HERE / "fast_neural_style_batch.t7", ";padding=zero;norm=batch", "Cuda", "cudnn.SpatialConvolution")
