#!/usr/bin/env bash
# Paints a photograph in a ready style, from nothing: installs what is missing, builds, fetches 26 styles and a photograph, and paints
# build/quickstart.png. What is there already is not fetched again.   A photograph of your own: bash tools/quickstart.sh PHOTO.jpg
set -euo pipefail
[ $# -le 1 ] || { echo "usage: bash tools/quickstart.sh [PHOTO]" >&2; exit 2; }
mine=${1:+$(realpath -- "$1")}
cd "$(dirname "$0")/.."
. tools/packages.sh

cache=${IMPASTO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/impasto}
photograph=${mine:-$cache/neuschwanstein.webp} painting=$cache/church_at_auvers.webp picture=build/quickstart.png
impasto=build/release/impasto

# The pictures of a learning game: downloaded and unpacked, not installed.
get_pictures() {
  say "fetching a photograph and a painting (Debian gcompris-qt-data, 44 MB)"
  local work inside=gcompris/src/activities
  work=$(mktemp -d)
  trap "rm -rf '$work'" EXIT
  (cd "$work" && { apt-get download -qq gcompris-qt-data || { as_root apt-get update -qq && apt-get download -qq gcompris-qt-data; }; }) 2>/dev/null || return
  dpkg-deb --fsys-tarfile "$work"/gcompris-qt-data_*.deb | tar -x -C "$work" --wildcards '*/explore_monuments.rcc' '*/details.rcc'
  mkdir -p "$cache"
  python3 tools/rcc.py "$work"/usr/share/gcompris-qt/rcc/explore_monuments.rcc $inside/explore_monuments/resource/germany/neuschwansteinCastle.webp "$photograph"
  python3 tools/rcc.py "$work"/usr/share/gcompris-qt/rcc/details.rcc $inside/details/resource/image/Eglise_dAuvers-sur-Oise_background.webp "$painting"
}

have_packages $build_packages
build release impasto

# Without a network all above works where the packages are there; what cannot be had from here on is named, all of it.
missing=()
if [ ! -s "$cache/styles26.h5" ] || [ ! -s "$photograph" ]; then (have_packages $fetch_packages) || true; fi
$impasto weights get styles26 || missing+=("the 26 styles: run $impasto weights get styles26 where there is a network")
if [ ! -s "$photograph" ]; then
  if [ -n "$mine" ]; then fail "$mine: there is no such picture"; fi
  get_pictures || missing+=("a photograph: name one of yours, bash tools/quickstart.sh PHOTO.jpg")
fi
if [ ${#missing[@]} != 0 ]; then
  say "$impasto is built, but there is nothing to paint with yet. Missing:"
  printf '   %s\n' "${missing[@]}"
  exit 1
fi

say "painting"
$impasto stylize "$photograph" --style starry-blue -o $picture
[ -s "$painting" ] || painting=PAINTING.jpg
cat <<END
== the picture is $PWD/$picture. Next:
   $impasto styles --sheet YOUR_PHOTO.jpg -o sheet.png       # every style on your photo
   $impasto stylize YOUR_PHOTO.jpg --style wave-print -o mine.png
   In the style of any painting, in minutes (VGG-16, 55 MB, is fetched once):
   $impasto weights get vgg16 && $impasto optimize $photograph $painting -o painted.png
END
