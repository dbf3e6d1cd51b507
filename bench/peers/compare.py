"""The same work in impasto and in PyTorch, ONNX Runtime and OpenVINO, in turn, in one table.

    bash bench/peers/run.sh [--only WORK ...] [--rounds N] [--quick] [--force] [-o TABLE.md]
    python3 bench/peers/compare.py --device cuda ...      on a GPU, by a Python with PyTorch and safetensors

Each runs in a process of its own, on as many processors as it has threads, so that its peak memory is its own; impasto runs before every
peer, on a GPU once. A run during which others computed does not count and is done again; nothing is reported from a busy machine unless --force, which
marks the lines. The table goes to standard output and TABLE.md, its numbers to TABLE.json. Exit code 1: something could not be measured.
"""
import argparse
import json
import os
import shlex
import shutil
import sys
import time
from pathlib import Path

import machine
from processes import BUSY_SHARE, Disturbed, Failed, run, run_undisturbed, why_busy
from table import EXACT, FAST, losses_of, markdown, together
from works import WORKS, peers_here, quick

HERE = Path(__file__).parent
PRECISIONS = {EXACT: ["--precision", "exact"], FAST: ["--precision", "fast"]}


def say(text):
    print(text, file=sys.stderr, flush=True)


class Bench:
    """One work, by all who can do it. lines: who -> its figures, or why there are none."""

    def __init__(self, work, options):
        self.work, self.options, self.lines, self.prepared = work, options, {}, {}
        self.gpu = options.device == "cuda"
        self.folder = Path("build/peers/works") / work.name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def worker(self, *words):
        return [sys.executable, HERE / "worker.py", "--threads", self.options.threads, "--repeats", self.work.repeats,
                "--device", self.options.device, *words]

    def limit(self):
        """Seconds that the next process may take."""
        left = self.options.deadline - time.monotonic()
        if left <= 0:
            raise Failed("no time was left")
        return min(self.options.limit, left)

    def run(self, *command):
        return run(command, self.options.threads, self.limit(), self.gpu)

    def ours(self, who, save_in=None):
        """The command; with save_in one that runs little and saves what others need to do the same."""
        work, words = self.work, PRECISIONS[who] + (["--backend", "cuda"] if self.gpu else [])
        if work.kind == "loop" and not save_in:
            return self.worker("loop", self.options.impasto, "train", "transform", self.folder / "painting.jpg", "--photos", self.folder / "photos",
                               "-o", self.folder / (who.replace(" ", "_") + ".h5"), "--size", work.width, "--batch", 4,
                               "--iterations", work.ours + 1, "--identity-steps", 0, *words)
        repeats = ["--repeats", 1 if save_in else work.ours, "--json", "-"]
        if work.kind == "net":
            return ([self.options.impasto, "bench", "net", work.network, "--size", work.width, *repeats, *words]
                    + (["--save", save_in] if save_in else []))
        if work.kind in ("step", "loop"):
            return ([self.options.impasto, "bench", "step", "--kind", work.step, "--size", work.width, *repeats, *words]
                    + (["--depth"] if work.depth else []) + (["--save-weights", save_in] if save_in else []))
        painted = self.folder / (who.replace(" ", "_") + ".png")
        return self.worker("command", self.options.impasto, "stylize", self.folder / "photograph.jpg", "--style", "styles26:7", "-o", painted, *words)

    def peer(self, who):
        package, form = who.split()
        work = self.work
        if work.kind == "net":
            return self.worker("net", package, form, self.folder / "impasto_exact")
        if work.kind in ("step", "loop"):
            return self.worker("step", form, work.step, self.folder / "impasto_exact", *(["--depth"] if work.depth else []))
        program = Path(sys.executable).parent / package
        return self.worker("command", program, "stylize", self.folder / "photograph.jpg", "-s", 7, "-o", self.folder / "peer.png")

    def prepare(self):
        """What all work on, and which precisions impasto has. Gives the names of those."""
        work = self.work
        if work.kind == "command":
            self.run(*self.worker("photograph", self.folder / "photograph.jpg", work.width, work.height))
        if work.kind == "loop":
            (self.folder / "photos").mkdir()
            for i in range(8):
                self.run(*self.worker("photograph", self.folder / f"photos/{i}.jpg", 640, 480))
            self.run(*self.worker("photograph", self.folder / "painting.jpg", 512, 400))
        there = []
        for who in PRECISIONS:
            saved = self.folder / who.replace(" ", "_")
            saved.mkdir()
            try:
                self.prepared[who] = self.run(*self.ours(who, saved))
                there.append(who)
            except Failed as why:
                self.lines[who] = str(why)
        if work.network.startswith("transform:") and EXACT in there:  # the cached network is there as its package has it
            for end in ("onnx", "safetensors"):
                exported = self.folder / f"impasto_exact/net.{end}"
                self.run(self.options.impasto, "weights", "export", self.folder / "impasto_exact/net.h5", "-o", exported)
        return there

    def measure(self, who, command, found):
        """One more run of `who`."""
        say(f"  {who}")
        try:
            line = run_undisturbed(command, self.options.threads, self.limit(), self.options.force, say, self.gpu)
            if self.gpu and "tensor_bytes" in line:
                line["peak_memory_bytes"] = line["tensor_bytes"]  # what PyTorch's worker counts too
            found.setdefault(who, []).append(line)
        except Failed as why:
            say(f"    not available: {why}")
            self.lines[who] = str(why)

    def compare(self):
        say(f"{self.work.name}: {self.work.text()}")
        ours, found = self.prepare(), {}
        peers = peers_here(self.work, machine.flags(), self.options.device)
        for _ in range(self.options.rounds):
            for peer in peers:
                before = [] if self.gpu and peer != peers[0] else [(who, self.ours(who)) for who in ours]
                for who, command in before + [(peer, self.peer(peer))]:
                    if who not in self.lines:
                        self.measure(who, command, found)
        self.lines |= {who: together(lines) for who, lines in found.items()}
        for who in ours:
            self.add_early_loss(who)
        self.lines = {who: self.lines[who] for who in [*PRECISIONS, *peers]}
        self.compare_paintings()

    def add_early_loss(self, who):
        """That of the preparation, which does fewer steps."""
        if isinstance(self.lines.get(who), dict) and "losses" in self.lines[who]:
            self.lines[who]["losses"] = losses_of(self.prepared[who]) | self.lines[who]["losses"]

    def compare_paintings(self):
        """Those that no worker has compared."""
        exact = self.folder / ("impasto_exact.png" if self.work.kind == "command" else "impasto_exact/picture.safetensors")
        others = {FAST: Path(str(exact).replace("impasto_exact", "impasto_fast"))}
        if self.work.kind == "command":
            others[self.work.peers[0]] = self.folder / "peer.png"
        for who, painted in others.items():
            if isinstance(self.lines.get(who), dict) and exact.exists() and painted.exists():
                self.lines[who] |= self.run(*self.worker("difference", painted, exact))


def compared(work, options):
    """who -> figures or why there are none; Disturbed, and what goes wrong in the preparation, end this work only."""
    bench = Bench(work, options)
    try:
        bench.compare()
        return bench.lines
    except (Disturbed, Failed) as why:
        say(f"  given up: {why}")
        return {"all": str(why)}


def write(options, about, found):
    """Of all works so far: whoever ends this program has what was measured by then."""
    versions = {line["version"] for _, lines in found for line in lines.values() if isinstance(line, dict) and "version" in line}
    heads = machine.text(about, versions)
    heads += [f"Command: bash bench/peers/run.sh {shlex.join(sys.argv[1:])}".rstrip(),
              "against exact, fast: the median divided by impasto's. peak: of "
              + ("the tensors on the GPU. " if options.device == "cuda" else "the whole process. ")
              + "Every process runs once untimed first; impasto runs before each peer, on a GPU once, and its figures are the medians and minima of all its runs."]
    text = markdown(heads, [(work.text(), lines) for work, lines in found], BUSY_SHARE)
    report = about | {"versions": sorted(versions), "works": [{"name": work.name, "title": work.text(), "lines": lines} for work, lines in found]}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(text)
    options.output.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    return text


def parsed():
    names = [work.name for work in WORKS]
    parser = argparse.ArgumentParser(prog="bash bench/peers/run.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=names, metavar="WORK", default=names, help=f"some of {', '.join(names)}")
    parser.add_argument("--rounds", type=int, default=1, help="how often each work is done by all")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--limit", type=int, default=600, help="seconds that a process may take")
    parser.add_argument("--deadline", type=float, default=float("inf"), help="seconds from now on after which nothing is started any more")
    parser.add_argument("--impasto", default="build/release/impasto")
    parser.add_argument("--quick", action="store_true", help="small pictures, few runs: to see that everything works")
    parser.add_argument("--force", action="store_true", help="report from a busy machine too, marked")
    parser.add_argument("-o", "--output", type=Path, default=Path("build/peers/peers.md"))
    parser.add_argument("--self-test", action="store_true", help="try the parts that need no other program")
    return parser.parse_args()


def main():
    options = parsed()
    if options.self_test:
        import self_test
        return self_test.run()
    if not Path(options.impasto).exists():
        sys.exit(f"{options.impasto} is not there: build it first (cmake --build build/release --target impasto), or name it with --impasto")
    options.deadline += time.monotonic()
    busy = "" if options.force else why_busy()
    if busy:
        sys.exit(f"the machine is busy ({busy}): wait, or use --force to report all the same")
    about = machine.about(options.threads, options.device)
    works = [quick(work) if options.quick else work for work in WORKS if work.name in options.only]
    found = []
    for work in works:
        found.append((work, compared(work, options)))
        text = write(options, about, found)
    print(text, end="")
    sys.exit(int(any("all" in lines for _, lines in found)))


if __name__ == "__main__":
    main()
