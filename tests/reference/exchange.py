"""exchange.onnx and exchange.safetensors: small files as the libraries of these formats write them, with formula.py's values.

The tensors are value(shape, seed), rounded to their type; integers are floor(100 * value). README.md lists them.
"""
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import save_file

from formula import tensor, value

TYPES = {"f32": TensorProto.FLOAT, "f16": TensorProto.FLOAT16, "bf16": TensorProto.BFLOAT16, "f64": TensorProto.DOUBLE}


def integers(shape, seed, dtype):
    return np.floor(100 * value(shape, seed).astype(np.float64)).astype(dtype)


def as_bytes(name, array):
    return numpy_helper.from_array(array, name)


def as_numbers(name, type, array):
    return helper.make_tensor(name, TYPES[type], array.shape, array.flatten(), raw=False)


def record_onnx(path):
    initialisers = [
        as_bytes("conv/weight", value((4, 3, 3, 3), 1)),
        as_numbers("conv/bias", "f32", value((4,), 2)),
        as_bytes("f16_bytes", value((2, 3), 3).astype(np.float16)),
        as_numbers("f16_numbers", "f16", value((2, 3), 3).astype(np.float16)),
        as_numbers("bf16_numbers", "bf16", tensor(value((2, 3), 4), torch.bfloat16).float().numpy()),
        as_bytes("f64_bytes", value((5,), 5).astype(np.float64)),
        as_numbers("f64_numbers", "f64", value((5,), 5).astype(np.float64)),
        as_bytes("scalar", value((1,), 6).reshape(())),
        as_bytes("roi", np.zeros((0,), np.float32)),
        as_bytes("quantised", integers((4, 2, 1, 3), 7, np.int8)),
        as_bytes("scales", np.abs(value((4,), 8))),
        as_bytes("zeros", np.array([0, 3, -5, 7], np.int8)),
        as_bytes("quantised_bias", integers((4,), 9, np.int32)),
        as_bytes("scale", np.array(0.125, np.float32)),
        as_bytes("sizes", np.array([1, -1, 2**40], np.int64)),
    ]
    nodes = [
        helper.make_node("DequantizeLinear", ["quantised", "scales", "zeros"], ["weight"], "q1", axis=0),
        helper.make_node("DequantizeLinear", ["quantised_bias", "scale"], ["bias"], "q2"),
        helper.make_node("Constant", [], ["constant"], "c1", value=as_bytes("", value((2, 2), 10))),
        helper.make_node("Constant", [], ["slope"], "c2", value_float=0.2),
        helper.make_node("Conv", ["picture", "conv/weight", "conv/bias"], ["convolved"], "conv", pads=[1, 1, 1, 1], group=1),
        helper.make_node("LeakyRelu", ["convolved"], ["result"], "relu", alpha=0.25),
        helper.make_node("Resize", ["result", "roi", "scales"], ["larger"], "grow", mode="nearest"),
    ]
    inputs = [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, "height", None])]
    outputs = [helper.make_tensor_value_info("larger", TensorProto.FLOAT, None)]
    graph = helper.make_graph(nodes, "exchange", inputs, outputs, initialisers)
    model = helper.make_model(graph, ir_version=8, producer_name="exchange.py",
                              opset_imports=[helper.make_opsetid("ai.onnx.ml", 3), helper.make_opsetid("", 17)])
    helper.set_model_props(model, {"licence": "none needed", "style": "formula"})
    onnx.save(model, path)


def record_safetensors(path):
    save_file(
        {
            "conv.weight": tensor(value((4, 3, 3, 3), 1), torch.float32),
            "f16": tensor(value((2, 3), 3), torch.float16),
            "bf16": tensor(value((2, 3), 4), torch.bfloat16),
            "f64": tensor(value((5,), 5), torch.float64),
            "norm.num_batches_tracked": torch.tensor(40, dtype=torch.int64),
        },
        path,
        metadata={"style": "formula"},  # of several, the library would change the order from run to run
    )


def record_exchange(folder):
    record_onnx(folder / "exchange.onnx")
    record_safetensors(folder / "exchange.safetensors")
