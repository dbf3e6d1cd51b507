"""Stand-ins for CUDA's libraries: PyPI's PyTorch for Linux is linked against two gigabytes of them, of which nothing here calls anything.
Each is a library of the same name with the functions PyTorch wants from it, and every one answers with an error: PyTorch finds no GPU.

    python bench/peers/stand_ins.py SITE_PACKAGES
"""
import re
import subprocess
import sys
from pathlib import Path

LIBRARY = re.compile(r"\[(lib(?:cu|nv|nccl)[^]]*)\]")
VERSIONED = re.compile(r"\b([A-Za-z_]\w*)@(lib(?:cu|nv)\S+|NVSHMEM)$", re.MULTILINE)
PLAIN = re.compile(r"\b((?:nccl|cusparseLt|cuFile)\w+)$", re.MULTILINE)  # the libraries of these have no versions


def said(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout


def wanted(folder):
    """Names of libraries; names of functions by version ("" for those without)."""
    libraries, functions = set(), {"": set()}
    for file in folder.glob("*.so"):
        libraries.update(LIBRARY.findall(said("readelf", "-d", file)))
        missing = said("nm", "-D", "--undefined-only", file)
        functions[""].update(PLAIN.findall(missing))
        for function, version in VERSIONED.findall(missing):
            functions.setdefault(version, set()).add(function)
    return libraries, functions


def compile_library(folder, name, version, functions):
    source, script = folder / (name + ".c"), folder / (name + ".map")
    source.write_text("".join(f"int {function}(void) {{ return 100; }}\n" for function in sorted(functions)))
    script.write_text(f"{version or name} {{ global: *; }};\n")
    versions = [f"-Wl,--version-script={script}"] if version else []
    subprocess.run(["g++", "-x", "c", "-shared", "-fPIC", "-w", f"-Wl,-soname,{name}", *versions, source, "-o", folder / name], check=True)
    source.unlink()
    script.unlink()


def make(site_packages):
    libraries, functions = wanted(site_packages / "torch/lib")
    folder = site_packages / "nvidia/cu13/lib"  # where PyTorch looks first
    folder.mkdir(parents=True, exist_ok=True)
    for name in libraries:
        version = "NVSHMEM" if "nvshmem" in name else name if name in functions else ""
        compile_library(folder, name, version, functions.get(version, ()))
    return sorted(libraries)


if __name__ == "__main__":
    print("stand-ins for", *make(Path(sys.argv[1])))
