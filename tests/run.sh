#!/usr/bin/env bash
# Installs what is missing, builds everything and runs every test.   --asan: the same again under AddressSanitizer
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

presets=(release)
case "$*" in
  "") ;;
  --asan) presets+=(asan) ;;
  *) echo "usage: bash tests/run.sh [--asan]" >&2; exit 2 ;;
esac

have_packages $build_packages python3-pip
build release
build/release/impasto weights get styles26 || say "the test of the network of 26 styles will be skipped"
for preset in "${presets[@]}"; do
  [ "$preset" = release ] || build "$preset"
  say "testing ($preset)"
  ctest --preset "$preset"
  # What doctest counted, test by test.
  grep -hE '^\[doctest\] (test cases|assertions)' "build/$preset/Testing/Temporary/LastTest.log" || true
done
