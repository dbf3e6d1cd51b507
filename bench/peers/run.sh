#!/usr/bin/env bash
# Times impasto beside PyTorch, ONNX Runtime and OpenVINO at the same work, in one table: bash bench/peers/run.sh [--help]
# Needs a built impasto (cmake --preset release && cmake --build build/release --target impasto), python3.11 with venv and g++. What else it
# needs comes from PyPI (0.7 GB, checked by SHA-256) into build/peers/venv, once.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=bench/peers venv=build/peers/venv
wanted=$(cat $here/requirements.txt $here/stand_ins.py | sha256sum)
if [ "$(cat $venv/made_from 2>/dev/null)" != "$wanted" ]; then
  rm -rf $venv
  python3.11 -m venv $venv
  # without dependencies: those that are needed are listed, and PyTorch's CUDA libraries are not
  $venv/bin/python -m pip install --quiet --no-deps --only-binary :all: --require-hashes -r $here/requirements.txt
  $venv/bin/python $here/stand_ins.py $venv/lib/python3.11/site-packages
  echo "$wanted" > $venv/made_from
fi
exec $venv/bin/python $here/compare.py "$@"
