#!/usr/bin/env bash
# NVIDIA's compute-sanitizer over the tests of the CUDA module: accesses out of bounds, races, reads of uninitialised memory, wrong barriers.
#   bash bench/sanitize.sh [--quick] [BUILD]      --quick: memcheck alone. BUILD: build/release. Needs test_cuda built, and a GPU.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "sanitize.sh: $*" >&2; exit 1; }
tools="memcheck racecheck initcheck synccheck"
if [ "${1:-}" = --quick ]; then tools=memcheck; shift; fi
[ $# -le 1 ] || { echo "usage: bash bench/sanitize.sh [--quick] [BUILD]" >&2; exit 2; }
program=$(realpath -m -- "${1:-build/release}")/tests/test_cuda
export PATH=$PATH:/usr/local/cuda/bin
command -v compute-sanitizer >/dev/null || fail "compute-sanitizer is not on the PATH: it comes with NVIDIA's CUDA toolkit"
nvidia-smi -L >/dev/null 2>&1 || fail "there is no GPU here, and the sanitizer watches kernels as they run on one"
[ -x "$program" ] || fail "$program is not there: build it with cmake --preset release -DIMPASTO_CUDA=ON && cmake --build build/release --target test_cuda"
failed=()
for tool in $tools; do
  echo "== $tool"
  IMPASTO_REQUIRE_GPU=1 compute-sanitizer --tool "$tool" --error-exitcode 99 --print-limit 20 "$program" || failed+=("$tool")
done
[ ${#failed[@]} = 0 ] || fail "complaints of ${failed[*]}; they stand above"
echo "== nothing to complain of: $tools"
