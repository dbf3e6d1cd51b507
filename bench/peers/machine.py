"""Where and with what: for the head of the table."""
import datetime
import os
import subprocess


def fields(path):
    with open(path) as lines:
        return dict(reversed([[part.strip() for part in line.split(":", 1)] for line in lines if ":" in line]))  # the first of each wins


def flags():
    return fields("/proc/cpuinfo").get("flags", "").split()


def git(*words):
    return subprocess.run(["git", *words], capture_output=True, text=True).stdout.strip()


def about(threads):
    instructions = [name for name in ("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16") if name in flags()]
    return {
        "processor": fields("/proc/cpuinfo").get("model name", "unknown"),
        "instructions": instructions,
        "processors": os.cpu_count(),
        "threads": threads,
        "memory_gib": round(int(fields("/proc/meminfo")["MemTotal"].split()[0]) / 2**20),
        "commit": git("rev-parse", "--short", "HEAD") + (", changed" if git("status", "--porcelain", "--untracked-files=no") else ""),
        "date": datetime.date.today().isoformat(),
        "load_at_start": round(os.getloadavg()[0], 2),
    }


def text(about, versions):
    return [f"Processor: {about['processor']}, {about['processors']} cores ({about['threads']} used), {' '.join(about['instructions'])}; "
            f"{about['memory_gib']} GiB. Commit {about['commit']}; {about['date']}; load at the start {about['load_at_start']}.",
            "Versions: " + (", ".join(sorted(versions)) or "none") + "."]
