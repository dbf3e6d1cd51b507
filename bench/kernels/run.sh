#!/usr/bin/env bash
# Times the kernel studies of this folder on a GPU: bash bench/kernels/run.sh [--repeats N] [STUDY]      STUDY: part of a study's name, as gram
# Needs nvcc (CUDA toolkit 13). Without a GPU it builds, says so and ends with code 1; that the kernels are right is tested without one.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH=$PATH:/usr/local/cuda/bin
command -v nvcc >/dev/null || [ -n "${CUDACXX:-}" ] || {
  echo 'run.sh: nvcc is not on the PATH: install the CUDA toolkit, or fetch one that compiles: eval "$(bash tools/cuda_toolkit.sh)"' >&2
  exit 1
}
said=$(cmake --preset release -DIMPASTO_CUDA=ON 2>&1) || { echo "$said" >&2; exit 1; }
cmake --build build/release --target bench_kernels >&2
exec build/release/bench/kernels/bench_kernels "$@"
