#!/usr/bin/env bash
# A CUDA toolkit to compile the CUDA module with, on a machine that has none: from PyPI, each file checked by SHA-256 (tools/cuda_toolkit.txt).
# It can build everything and run nothing: for that a machine needs a GPU and its driver.
#   eval "$(bash tools/cuda_toolkit.sh [FOLDER])"      sets CUDACXX and CUDNN_ROOT, which cmake looks at; FOLDER: build/cuda-toolkit
# What is there already is not fetched again (0.9 GB, and 1.7 GB unpacked).
set -euo pipefail
[ $# -le 1 ] || { echo "usage: bash tools/cuda_toolkit.sh [FOLDER]" >&2; exit 2; }
fail() { echo "cuda_toolkit.sh: $*" >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
folder=$(realpath -m -- "${1:-$here/../build/cuda-toolkit}")
list=$here/cuda_toolkit.txt
wanted=$(sha256sum < "$list")

if [ "$(cat "$folder/made_from" 2>/dev/null)" != "$wanted" ]; then
  [ "$(uname -sm)" = "Linux x86_64" ] || fail "these packages are for x86-64 Linux; install a CUDA toolkit of this machine's kind instead"
  python3 -m pip --version >/dev/null 2>&1 || fail "python3 has no pip here: install python3-pip"
  if [ -e "$folder" ] && [ ! -d "$folder/nvidia" ]; then fail "$folder is something else: name a folder that is not there yet"; fi
  rm -rf "$folder"
  echo "fetching the CUDA toolkit into $folder" >&2
  python3 -m pip install --quiet --root-user-action=ignore --disable-pip-version-check --no-compile --no-deps --only-binary :all: --require-hashes \
    --target "$folder" -r "$list" >&2 || fail "pip could not bring the packages of tools/cuda_toolkit.txt; is there a network?"
  # Wheels hold no links: what the linker looks for is libNAME.so, and in lib64.
  ln -s lib "$folder/nvidia/cu13/lib64"
  for library in "$folder"/nvidia/{cu13,cudnn}/lib/lib*.so.[0-9]*; do
    plain=${library%%.so.*}.so
    [ -e "$plain" ] || ln -s "$(basename "$library")" "$plain"
  done
  echo "$wanted" > "$folder/made_from"
fi
printf 'export CUDACXX=%q\nexport CUDNN_ROOT=%q\n' "$folder/nvidia/cu13/bin/nvcc" "$folder/nvidia/cudnn"
