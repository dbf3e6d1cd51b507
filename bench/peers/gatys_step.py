"""One Gatys step in PyTorch, the peer of our own: VGG-16 to relu4_3, forward and backward to the picture, and Adam.

    python bench/peers/gatys_step.py [--size 512] [--steps 10] [--only NAME ...]
    python bench/peers/gatys_step.py --alternate "build/our_bench --json" --rounds 5

Batch 1, content relu2_2, Gram losses at relu1_2, 2_2, 3_3, 4_3, TV. The weights are random (He): the time does not depend on
them. Each configuration runs in a process of its own, so its peak memory is its own, and prints one JSON line; --alternate
runs CMD after each of them, whose last JSON line needs "seconds_per_step" and "peak_memory_bytes". The table goes to stderr.
Nothing is reported from a busy machine (1-minute load above 0.7) unless --force, which marks the lines "quiet": false.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

CONFIGURATIONS = {  # name: (bf16 autocast, channels_last, torch.compile)
    "eager_f32": (False, False, False),
    "eager_f32_channels_last": (False, True, False),
    "eager_bf16_channels_last": (True, True, False),
    "compiled_f32": (False, False, True),
    "compiled_bf16_channels_last": (True, True, True),
}
BUSY = 0.7
WIDTHS = [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512]]


def worker(name, size, steps, warmup, threads):
    import torch
    import torch.nn.functional as F

    bf16, channels_last, compiled = CONFIGURATIONS[name]
    layout = torch.channels_last if channels_last else torch.contiguous_format
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    blocks, channels = [], 3
    for widths in WIDTHS:
        blocks.append([])
        for width in widths:
            weight = torch.randn(width, channels, 3, 3) * (2 / (9 * channels)) ** 0.5
            blocks[-1].append((weight.contiguous(memory_format=layout), torch.zeros(width)))
            channels = width

    def features(x):  # the last ReLU of each block
        outputs = []
        for block in blocks:
            x = F.max_pool2d(x, 2) if outputs else x
            for weight, bias in block:
                x = F.relu(F.conv2d(x, weight, bias, padding=1))
            outputs.append(x)
        return outputs

    def gram(x):
        f = x.flatten(2)
        return f @ f.transpose(1, 2) / (x.shape[1] * x.shape[2] * x.shape[3])

    mean = torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)
    picture = (255 * torch.rand(1, 3, size, size)).contiguous(memory_format=layout)
    content_picture, style_picture = 255 * torch.rand(2, 1, 3, size, size)
    with torch.no_grad():
        content = features((content_picture - mean).contiguous(memory_format=layout))[1]
        styles = [gram(f) for f in features((style_picture - mean).contiguous(memory_format=layout))]

    def loss_of(x):
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            outputs = features(x - mean)
            loss = F.mse_loss(outputs[1], content)
            for output, style in zip(outputs, styles):
                loss = loss + 5 * F.mse_loss(gram(output), style)
            tv = (x[..., 1:] - x[..., :-1]).square().sum() + (x[..., 1:, :] - x[..., :-1, :]).square().sum()
            return loss + 1e-6 * tv

    loss_of = torch.compile(loss_of) if compiled else loss_of
    picture.requires_grad_()
    adam = torch.optim.Adam([picture], lr=3)

    def step():
        start = time.perf_counter()
        adam.zero_grad(set_to_none=True)
        loss = loss_of(picture)
        loss.backward()
        adam.step()
        return time.perf_counter() - start, loss.item()

    warmups = [step() for _ in range(warmup)]
    seconds = [step()[0] for _ in range(steps)]
    print(json.dumps({
        "name": name, "median_s": statistics.median(seconds), "min_s": min(seconds), "steps": steps, "size": size,
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1),
        "first_loss": warmups[0][1], "torch": torch.__version__, "threads": threads,
        "cpu": cpu("model name"), "isa": torch.backends.cpu.get_cpu_capability()}))


def cpu(field):
    with open("/proc/cpuinfo") as lines:
        return next((line.split(":")[1].strip() for line in lines if line.startswith(field)), "")


def last_json(output):
    lines = [line for line in output.splitlines() if line.startswith("{")]
    if not lines:
        sys.exit(f"no JSON line in what the command printed:\n{output}")
    return json.loads(lines[-1])


def run_peer(name, options):
    command = [sys.executable, __file__, "--worker", name, "--size", str(options.size), "--steps", str(options.steps),
               "--warmup", str(options.warmup), "--threads", str(options.threads)]
    return last_json(run(command, options.threads))


def run(command, threads):
    """The command's output, with threads pinned where it uses OpenMP."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OMP_PROC_BIND="true")
    return subprocess.run(command, shell=isinstance(command, str), stdout=subprocess.PIPE, text=True, check=True,
                          env=environment).stdout


def run_alternate(command, threads):
    line = last_json(run(command, threads))
    return {"name": "alternate", "median_s": line["seconds_per_step"], "min_s": line.get("min_s", line["seconds_per_step"]),
            "peak_rss_mb": round(line["peak_memory_bytes"] / 1e6, 1), "command": command, "reported": line}


def table(results, quiet):
    """Median of the medians, minimum of the minima, largest peak; ratios to the alternate (or to the first) in this run."""
    rows = {}
    for result in results:
        rows.setdefault(result["name"], []).append(result)
    summary = {name: (statistics.median(r["median_s"] for r in row), min(r["min_s"] for r in row),
                      max(r["peak_rss_mb"] for r in row), len(row)) for name, row in rows.items()}
    base = summary.get("alternate", next(iter(summary.values())))
    print(f"{'':30s}{'median s':>10s}{'min s':>10s}{'ratio':>8s}{'peak MB':>10s}{'runs':>6s}"
          + ("" if quiet else "   not quiet: other work was running"), file=sys.stderr)
    for name, (median, least, peak, runs) in summary.items():
        print(f"{name:30s}{median:10.4f}{least:10.4f}{median / base[0]:8.2f}{peak:10.1f}{runs:6d}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--only", nargs="+", choices=CONFIGURATIONS, metavar="NAME",
                        help=f"some of {', '.join(CONFIGURATIONS)} (default: all; bf16 only with AVX-512)")
    parser.add_argument("--alternate", metavar="CMD", help="a command to run after each configuration")
    parser.add_argument("--rounds", type=int, default=1, help="how often the whole list runs")
    parser.add_argument("--force", action="store_true", help="report from a busy machine too")
    parser.add_argument("--worker", choices=CONFIGURATIONS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if min(options.steps, options.warmup, options.rounds, options.threads) < 1:
        parser.error("--steps, --warmup, --rounds and --threads must be at least 1")
    if options.worker:
        return worker(options.worker, options.size, options.steps, options.warmup, options.threads)

    load = os.getloadavg()[0]
    if load > BUSY and not options.force:
        sys.exit(f"the machine is busy (load {load:.2f}, above {BUSY}): wait, or use --force to report all the same")
    # without AVX-512 PyTorch's bf16 convolution falls back to one seen 15 times slower than f32: nobody would use it
    fast = [name for name in CONFIGURATIONS if not CONFIGURATIONS[name][0] or "avx512bw" in cpu("flags").split()]
    results = []
    for _ in range(options.rounds):
        for name in options.only or fast:
            results.append(run_peer(name, options))
            if options.alternate:
                print(json.dumps(results[-1] | {"quiet": load <= BUSY}), flush=True)
                results.append(run_alternate(options.alternate, options.threads))
            print(json.dumps(results[-1] | {"quiet": load <= BUSY}), flush=True)
    table(results, load <= BUSY)


if __name__ == "__main__":
    main()
