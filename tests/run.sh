#!/usr/bin/env bash
# Installs what is missing, builds everything and runs every test; with the CUDA module where there is nvcc.
#   --asan               the same again under AddressSanitizer, without the CUDA module
#   --with-cuda-toolkit  fetches a CUDA toolkit that can compile (1.7 GB, build/cuda-toolkit) and builds the module with it
#   --gpu                builds the module and fails unless it has run its tests on a GPU
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

presets=(release) cuda=AUTO toolkit= require_gpu=
for word; do
  case "$word" in
    --asan) presets=(release asan) ;;
    --with-cuda-toolkit) cuda=ON toolkit=yes ;;
    --gpu) cuda=ON require_gpu=1 ;;
    *) echo "usage: bash tests/run.sh [--asan] [--with-cuda-toolkit] [--gpu]" >&2; exit 2 ;;
  esac
done

have_packages $build_packages python3-pip
(have_packages chromium) || say "the test that opens a report in a browser will be skipped"
if [ -n "$toolkit" ]; then
  said=$(bash tools/cuda_toolkit.sh)
  eval "$said"
fi
cmake_options=(-DIMPASTO_CUDA=$cuda)
if [ -n "${CUDNN_ROOT:-}" ]; then cmake_options+=("-DCUDNN_ROOT=$CUDNN_ROOT"); fi
build release
cmake_options=()
build/release/impasto weights get styles26 || say "the test of the network of 26 styles will be skipped"
for preset in "${presets[@]}"; do
  [ "$preset" = release ] || build "$preset"
  say "testing ($preset)"
  IMPASTO_REQUIRE_GPU=$require_gpu ctest --preset "$preset"
  require_gpu=
  # What doctest counted, test by test.
  grep -hE '^\[doctest\] (test cases|assertions)' "build/$preset/Testing/Temporary/LastTest.log" || true
  grep -hoE '^(skipped .*|.*MESSAGE: skipped.*)' "build/$preset/Testing/Temporary/LastTest.log" | sort -u || true
done
