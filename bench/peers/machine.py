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


def gpu():
    """Its name and its driver, as nvidia-smi says them; empty if there is none."""
    try:
        said = subprocess.run(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"], capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""


def about(threads, device="cpu"):
    instructions = [name for name in ("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16") if name in flags()]
    return {
        "processor": fields("/proc/cpuinfo").get("model name", "unknown"),
        "instructions": instructions,
        "processors": os.cpu_count(),
        "gpu": gpu() if device == "cuda" else "",
        "threads": threads,
        "memory_gib": round(int(fields("/proc/meminfo")["MemTotal"].split()[0]) / 2**20),
        "commit": git("rev-parse", "--short", "HEAD") + (", changed" if git("status", "--porcelain", "--untracked-files=no") else ""),
        "date": datetime.date.today().isoformat(),
        "load_at_start": round(os.getloadavg()[0], 2),
    }


def text(about, versions):
    gpu = [f"GPU: {about['gpu']}."] if about["gpu"] else []
    return gpu + [
        f"Processor: {about['processor']}, {about['processors']} cores ({about['threads']} used), {' '.join(about['instructions'])}; "
        f"{about['memory_gib']} GiB. Commit {about['commit']}; {about['date']}; load at the start {about['load_at_start']}.",
        "Versions: " + (", ".join(sorted(versions)) or "none") + "."]
