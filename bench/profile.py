"""What each layer costs on a GPU, from the CSV of NVIDIA's profilers; bench/profile.sh runs them.

    profile.py [FILE.csv]      of nsys stats --report nvtx_kern_sum --format csv,
                               or ncu --csv --nvtx --print-units base --metrics gpu__time_duration.sum,dram__bytes_read.sum,dram__bytes_write.sum
    profile.py --self-test

The CUDA backend names every primitive to the profilers as "LAYER PRIMITIVE" (kernels/cuda/ranges.h). Kernels outside of these stand in a line
of their own, if the profiler reports them: ncu does, nsys's report leaves them out.
"""
import argparse
import csv
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = {"ns": 1e-9, "nsecond": 1e-9, "us": 1e-6, "usecond": 1e-6, "ms": 1e-3, "msecond": 1e-3, "s": 1.0, "second": 1.0}
RANGE_FIELDS = 6  # behind a range's name: payload's type and value, colour's, message's
NO_LAYER = "(no layer)"


class Unreadable(Exception):
    """The text is no profile; says why in one sentence."""


@dataclass
class Line:
    seconds: float = 0.0
    bytes: float = 0.0
    kernels: int = 0
    calls: dict = field(default_factory=dict)  # kernel -> how many ranges it ran in


def number(text):
    return float(text.replace(",", ""))


def layer_and_primitive(name):
    layer, _, primitive = name.rpartition(" ")
    return layer.strip() or NO_LAYER, primitive


def read_nsys(rows):
    lines = {}
    for row in rows:
        domain, colon, name = row["NVTX Range"].partition(":")
        if colon and domain:
            continue  # a library's own ranges, within ours
        line = lines.setdefault(layer_and_primitive(name if colon else domain), Line())
        line.seconds += number(row["Total Time (ns)"]) * 1e-9
        line.kernels += int(number(row["Kern Inst"]))
        kernel = row["Kernel Name"]
        line.calls[kernel] = line.calls.get(kernel, 0) + int(number(row["NVTX Inst"]))
    return lines


def innermost(text):
    """Of ncu's list of the push/pop ranges around a kernel, each "DOMAIN:NAME:...", the outermost first; the default domain's only."""
    names = []
    for quoted in re.findall(r'"([^"]*)"', text):
        parts = quoted.split(":")
        if parts[0] == "<default domain>":
            names.append(":".join(parts[1:-RANGE_FIELDS] or parts[1:2]))
    return names[-1] if names else ""


def read_ncu(rows):
    lines, kernels = {}, {}
    ranges = next((name for name in rows[0] if "Push/Pop_Range" in name), None) if rows else None
    if rows and ranges is None:
        raise Unreadable("the ncu profile has no ranges: run ncu with --nvtx")
    for row in rows:
        name = innermost(row[ranges] or "")
        where = layer_and_primitive(name) if name else (NO_LAYER, "")
        line = lines.setdefault(where, Line())
        kernels.setdefault(where, set()).add((row["Process ID"], row["ID"]))
        metric, unit = row["Metric Name"], row["Metric Unit"]
        if metric == "gpu__time_duration.sum":
            if unit not in SECONDS:
                raise Unreadable(f"the ncu profile has times in {unit!r}: run ncu with --print-units base")
            line.seconds += number(row["Metric Value"]) * SECONDS[unit]
        elif metric.startswith("dram__bytes"):
            if unit != "byte":
                raise Unreadable(f"the ncu profile has memory in {unit!r}: run ncu with --print-units base")
            line.bytes += number(row["Metric Value"])
    for where, seen in kernels.items():
        lines[where].kernels = len(seen)
    return lines


def read(text):
    """(layer, primitive) -> Line. Profilers say other things before the table; its head tells whose it is. Throws Unreadable."""
    lines = text.splitlines()
    for begin, line in enumerate(lines):
        head = next(csv.reader([line]), [])
        if "NVTX Range" in head and "Kern Inst" in head:
            return read_nsys([row for row in csv.DictReader(lines[begin:]) if row["Kern Inst"]])
        if "Kernel Name" in head and "Metric Name" in head:
            return read_ncu([row for row in csv.DictReader(lines[begin:]) if row["Metric Name"]])
    raise Unreadable("no table of nsys's nvtx_kern_sum or of ncu --csv in it; did the profiler fail?")


def table(lines):
    """The slowest first; memory only where the profiler counted it."""
    total = sum(line.seconds for line in lines.values())
    memory = any(line.bytes for line in lines.values())
    rows = [("layer", "primitive", "calls", "kernels", "ms", "share") + (("MB", "GB/s") if memory else ())]
    for (layer, primitive), line in sorted(lines.items(), key=lambda item: -item[1].seconds):
        calls = str(max(line.calls.values())) if line.calls else ""
        row = (layer, primitive, calls, str(line.kernels), f"{line.seconds * 1e3:.3f}", f"{line.seconds / total:.1%}" if total else "")
        if memory:
            row += (f"{line.bytes / 1e6:.1f}", f"{line.bytes / line.seconds / 1e9:.0f}" if line.seconds else "")
        rows.append(row)
    rows.append(("all", "", "", str(sum(line.kernels for line in lines.values())), f"{total * 1e3:.3f}", "") + (("", "") if memory else ()))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "".join("  ".join(cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))).rstrip() + "\n"
                   for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help="default: standard input")
    parser.add_argument("--self-test", action="store_true", help="try it on made-up profiles")
    options = parser.parse_args()
    if options.self_test:
        import profile_self_test
        return profile_self_test.run()
    text = options.file.read_text(errors="replace") if options.file else sys.stdin.read()
    try:
        print(table(read(text)), end="")
    except Unreadable as why:
        sys.exit(f"profile.py: {options.file or 'standard input'}: {why}")


if __name__ == "__main__":
    main()
