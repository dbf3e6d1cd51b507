#!/usr/bin/env bash
# Paints a photograph in a style that comes with impasto, from nothing: installs what is missing, builds, fetches a photograph and paints
# build/quickstart.png. What is there already is not fetched again, and without a network it paints a landscape of its own making.
#   A photograph of your own: bash tools/quickstart.sh PHOTO.jpg
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

if [ ! -s "$photograph" ]; then
  [ -z "$mine" ] || fail "$mine: there is no such picture"
  (have_packages $fetch_packages) && get_pictures || {
    say "no photograph can be fetched; drawing a landscape instead"
    photograph=build/landscape.png
    $impasto landscape -o $photograph
  }
fi

say "painting"
$impasto stylize "$photograph" --style starry-night -o $picture
[ -s "$painting" ] || painting=PAINTING.jpg
cat <<END
== the picture is $PWD/$picture. Next:
   $impasto styles                                     # what styles there are; 26 more: $impasto weights get styles26
   $impasto styles --sheet YOUR_PHOTO.jpg -o sheet.png # all of them on your photo
   $impasto stylize YOUR_PHOTO.jpg --style great-wave -o mine.png
   In the style of any painting, in minutes (VGG-16, 55 MB, is fetched once):
   $impasto weights get vgg16 && $impasto optimize $photograph $painting -o painted.png
END
