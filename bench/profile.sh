#!/usr/bin/env bash
# A table of what each layer of an impasto command costs on the GPU, by one of NVIDIA's profilers:
#   bash bench/profile.sh nsys build/release/impasto bench net --backend cuda      times of all kernels; hardly disturbs the run
#   bash bench/profile.sh ncu build/release/impasto bench net --backend cuda --repeats 1      memory traffic too; runs each kernel again and again
# What the profiler wrote stays in build/profile.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "profile.sh: $*" >&2; exit 1; }
tool=${1:-} folder=build/profile
[ $# -ge 2 ] && { [ "$tool" = nsys ] || [ "$tool" = ncu ]; } || { echo "usage: bash bench/profile.sh nsys|ncu COMMAND [WORD...]" >&2; exit 2; }
shift
command -v "$tool" >/dev/null || fail "$tool is not on the PATH: it comes with NVIDIA's CUDA toolkit or by itself (Nsight Systems, Nsight Compute)"
nvidia-smi -L >/dev/null 2>&1 || fail "there is no GPU here to profile on"
mkdir -p $folder
if [ "$tool" = nsys ]; then
  nsys profile --trace=cuda,nvtx --force-overwrite=true --output=$folder/run "$@" >&2
  nsys stats --force-export=true --report nvtx_kern_sum --format csv --output - $folder/run.nsys-rep > $folder/nsys.csv
else
  ncu --csv --log-file $folder/ncu.csv --nvtx --print-units base --clock-control none --target-processes all \
    --metrics gpu__time_duration.sum,dram__bytes_read.sum,dram__bytes_write.sum "$@" >&2
fi
python3 bench/profile.py "$folder/$tool.csv"
