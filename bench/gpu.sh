#!/usr/bin/env bash
# Everything that only a GPU can show, in one go and under 8 minutes, in one file of results: the tests of the CUDA module on a GPU, the sanitizer,
# the studies of bench/kernels, impasto's own benches, and the same work in PyTorch.
#   bash bench/gpu.sh                on a machine with a GPU, nvcc, cuDNN, cmake and a python3 with PyTorch and safetensors
#   bash bench/gpu.sh --pack [FOLDER]   beforehand, on a Debian machine: puts the libraries that impasto is built with into FOLDER (build/gpu-pack,
#                                    some 20 MB), for a machine that has none of them and no network; there it is used if they are missing
# The result is written to $OUT, or else to bench/results/gpu. A part that fails, or takes too long, is reported and does not stop the others.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
pack=${IMPASTO_GPU_PACK:-build/gpu-pack}

# What the build asks for beyond a compiler and cmake, and the libraries behind it.
packed="libdnnl-dev libdnnl2 ocl-icd-libopencl1 libhdf5-dev libaec-dev libaec0 libsz2 zlib1g-dev zlib1g libpng-dev libpng16-16 libwebp-dev libwebp7
  libstb-dev libstb0 libcli11-dev nlohmann-json3-dev doctest-dev pkgconf-bin libpkgconf3"

make_pack() {
  local folder work prefix megabytes
  folder=$(realpath -m -- "${1:-$pack}")
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail "--pack takes Debian's packages: run it on a Debian machine"
  if [ -e "$folder" ] && [ ! -e "$folder/prefix.tar.gz" ]; then fail "$folder is something else: name a folder that is not there yet"; fi
  work=$(mktemp -d)
  trap "rm -rf '$work'" EXIT
  say "fetching" $packed
  (cd "$work" && apt-get download -qq -o APT::Sandbox::User=root $packed) || fail "apt-get could not download the packages; run apt-get update first"
  prefix=$work/prefix
  mkdir -p "$prefix" "$folder"
  for deb in "$work"/*.deb; do dpkg-deb -x "$deb" "$prefix"; done
  rm -rf "$prefix"/usr/share "$prefix"/usr/lib/x86_64-linux-gnu/cmake
  find "$prefix" \( -name '*fortran*' -o -name '*_cpp*' -o -name '*_hl*' \) -delete  # HDF5's other interfaces
  tar -czf "$folder/prefix.tar.gz" -C "$prefix" .
  git rev-parse --short HEAD > "$folder/commit" 2>/dev/null || true
  megabytes=$(du -s --apparent-size -B1M "$folder" | cut -f1)
  say "$folder holds $megabytes MiB"
  [ "$megabytes" -le 48 ] || fail "that is more than the 48 MiB it is meant to fit in"
}

# there HEADER [FLAG...]
there() { printf '#if !__has_include(<%s>)\n#error missing\n#endif\n' "$1" | g++ "${@:2}" -x c++ -E - >/dev/null 2>&1; }

headers_missing() {
  local header
  for header in dnnl.hpp png.h webp/decode.h stb/stb_image.h CLI/CLI.hpp nlohmann/json.hpp doctest/doctest.h hdf5/serial/hdf5.h; do
    there $header || return 0
  done
  ! command -v pkg-config >/dev/null
}

# Makes compiler, cmake and pkg-config look into the pack.
use_pack() {
  local prefix=$PWD/build/gpu-prefix
  local usr=$prefix/usr descriptions=$prefix/pkgconfig libraries=$prefix/usr/lib/x86_64-linux-gnu description
  rm -rf "$prefix"
  mkdir -p "$descriptions"
  tar -xzf "$pack/prefix.tar.gz" -C "$prefix"
  for description in "$libraries"/pkgconfig/*.pc; do
    sed "s,=/usr,=$usr,; s,-\([IL]\)/usr,-\1$usr,g" "$description" > "$descriptions/$(basename "$description")"
  done
  [ -e "$descriptions/hdf5.pc" ] || cp "$descriptions/hdf5-serial.pc" "$descriptions/hdf5.pc"
  export CPATH=$usr/include:$usr/include/x86_64-linux-gnu${CPATH:+:$CPATH} LIBRARY_PATH=$libraries${LIBRARY_PATH:+:$LIBRARY_PATH}
  export CMAKE_PREFIX_PATH=$usr${CMAKE_PREFIX_PATH:+:$CMAKE_PREFIX_PATH} PKG_CONFIG_PATH=$descriptions
  if ! command -v pkg-config >/dev/null; then
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%q exec %q "$@"\n' "$libraries" "$usr/bin/pkgconf" > "$descriptions/pkg-config"
    chmod +x "$descriptions/pkg-config"
    export PKG_CONFIG=$descriptions/pkg-config
  fi
  # Old-fashioned run paths also serve the libraries of libraries.
  cmake_options+=("-DCMAKE_BUILD_RPATH=$libraries" "-DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags" "-DCMAKE_SHARED_LINKER_FLAGS=-Wl,--disable-new-dtags")
}

# Where no toolkit has brought cuDNN, PyTorch has.
find_cudnn() {
  if [ -z "${CUDNN_ROOT:-}" ] && ! there cudnn.h -I/usr/local/cuda/include; then
    CUDNN_ROOT=$(python3 -c 'import nvidia.cudnn; print(list(nvidia.cudnn.__path__)[0])' 2>/dev/null) || return 0
  fi
  if [ -n "${CUDNN_ROOT:-}" ]; then cmake_options+=("-DCUDNN_ROOT=$CUDNN_ROOT"); fi
}

case "${1:-}" in
  "") ;;
  --pack) [ $# -le 2 ] || fail "usage: bash bench/gpu.sh [--pack [FOLDER]]"; make_pack "${2:-}"; exit ;;
  *) echo "usage: bash bench/gpu.sh [--pack [FOLDER]]" >&2; exit 2 ;;
esac

nvidia-smi -L >/dev/null 2>&1 || fail "there is no GPU here: run this on a machine with one (what it needs beyond that: the head of bench/gpu.sh)"
export PATH=$PATH:/usr/local/cuda/bin
command -v nvcc >/dev/null || [ -n "${CUDACXX:-}" ] || fail "nvcc is not on the PATH: install the CUDA toolkit, or set CUDACXX"

all=460  # seconds, for everything
work=build/gpu
folder=${OUT:-bench/results/gpu}
mkdir -p "$work" "$folder"
result=$folder/gpu.md
failed=()

# part SECONDS TITLE COMMAND...: a section of the result with what the command says; its own limit, or what is left of the whole.
part() {
  local limit=$1 title=$2 code=0 begin=$SECONDS log=$work/part.log
  shift 2
  say "$title"
  { echo; echo "## $title"; echo; echo '```'; echo "$ $*"; } >> "$result"
  if [ $((all - SECONDS)) -lt "$limit" ]; then limit=$((all - SECONDS)); fi
  if [ "$limit" -le 0 ]; then
    echo "left out: no time was left" >> "$result"
    code=124
  else
    timeout --kill-after=5 "$limit" "$@" > "$log" 2>&1 || code=$?
    tail -c 40000 "$log" >> "$result"
    if [ $code = 124 ] || [ $code = 137 ]; then echo "ended: it took more than $limit s" >> "$result"
    elif [ $code != 0 ]; then echo "failed with code $code" >> "$result"; fi
  fi
  { echo '```'; echo "$((SECONDS - begin)) s"; } >> "$result"
  if [ $code != 0 ]; then failed+=("$title"); fi
  return 0
}

build_all() {
  cmake --preset release -DIMPASTO_CUDA=ON "$@" && cmake --build build/release -j "$(nproc)" --target impasto impasto_cuda test_cuda bench_kernels
}
export -f build_all

if headers_missing; then
  [ -e "$pack/prefix.tar.gz" ] || fail "development files of the libraries that impasto is built with are missing, and so is $pack: make it with --pack (see the head of bench/gpu.sh)"
  use_pack
fi
find_cudnn

{
  echo "# impasto on a GPU"
  echo
  nvidia-smi --query-gpu=name,driver_version,memory.total,power.limit --format=csv,noheader
  echo
  echo "- commit $(git rev-parse --short HEAD 2>/dev/null || cat "$pack/commit" 2>/dev/null || echo unknown), $(date -u +%Y-%m-%d)"
  echo "- $(nproc) processors, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2-)"
  echo "- $("${CUDACXX:-nvcc}" --version | tail -1); $(g++ --version | head -1); $(cmake --version | head -1)"
  python3 -c 'import torch; print(f"- PyTorch {torch.__version__}, CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}")' 2>/dev/null || echo "- no PyTorch"
} > "$result" 2>&1

impasto=build/release/impasto
part 240 "Build" bash -c 'build_all "$@"' build_all "${cmake_options[@]}"
part 60 "Tests of the CUDA module" env IMPASTO_REQUIRE_GPU=1 build/release/tests/test_cuda
part 45 "Kernel studies" build/release/bench/kernels/bench_kernels
part 60 "Layers" $impasto bench layers --backend cuda
# Steps are CUDA graphs from the second on; tables of layers are of ordinary ones.
tuned="--autotune --tuned-plans $work/tuned_plans"
for precision in exact fast; do
  part 30 "Style network, 512x512, $precision" $impasto bench net transform:pytorch-examples --size 512 --backend cuda --precision $precision $tuned --layers
  part 30 "Style network, 1024x1024, $precision" $impasto bench net transform:pytorch-examples --size 1024 --backend cuda --precision $precision $tuned
  part 40 "Step of the optimisation of one picture, $precision" $impasto bench step --kind gatys --backend cuda --precision $precision $tuned --layers
  part 40 "Step of training, $precision" $impasto bench step --kind train --backend cuda --precision $precision $tuned --layers
done
part 60 "Sanitizer, memcheck alone" bash bench/sanitize.sh --quick
part 300 "Beside PyTorch" python3 bench/peers/compare.py --device cuda --force --only full-512 full-1024 gatys train --limit 100 \
  --deadline $((all - SECONDS < 300 ? all - SECONDS - 5 : 295)) -o "$work/peers.md"

say "$result"
if [ ${#failed[@]} != 0 ]; then
  printf 'failed or left out: %s\n' "${failed[@]}"
  exit 1
fi
