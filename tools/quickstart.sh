#!/usr/bin/env bash
# Paints a photograph in the style of a painting, from nothing: installs what is missing, builds, fetches VGG-16, a photograph and
# a painting, and paints them into build/quickstart.png. What is there already is not fetched again.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

cache=${IMPASTO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/impasto}
photograph=$cache/neuschwanstein.webp painting=$cache/church_at_auvers.webp picture=build/quickstart.png

# The pictures of a learning game: downloaded and unpacked, not installed.
get_pictures() {
  say "fetching a photograph and a painting (Debian gcompris-qt-data, 44 MB)"
  local work inside=gcompris/src/activities
  work=$(mktemp -d)
  trap "rm -rf '$work'" EXIT
  (cd "$work" && { apt-get download -qq gcompris-qt-data || { as_root apt-get update -qq && apt-get download -qq gcompris-qt-data; }; }) 2>/dev/null ||
    fail "the pictures are not cached and gcompris-qt-data cannot be downloaded; paint pictures of your own: $impasto optimize PHOTO PAINTING -o OUT.png"
  dpkg-deb --fsys-tarfile "$work"/gcompris-qt-data_*.deb | tar -x -C "$work" --wildcards '*/explore_monuments.rcc' '*/details.rcc'
  mkdir -p "$cache"
  python3 tools/rcc.py "$work"/usr/share/gcompris-qt/rcc/explore_monuments.rcc $inside/explore_monuments/resource/germany/neuschwansteinCastle.webp "$photograph"
  python3 tools/rcc.py "$work"/usr/share/gcompris-qt/rcc/details.rcc $inside/details/resource/image/Eglise_dAuvers-sur-Oise_background.webp "$painting"
}

have_packages $build_packages
build release impasto
impasto=build/release/impasto
if [ ! -s "$cache/vgg16.h5" ]; then have_packages $fetch_packages; fi
$impasto weights get vgg16
if [ ! -s "$photograph" ] || [ ! -s "$painting" ]; then have_packages $fetch_packages; get_pictures; fi

say "painting"
$impasto optimize "$photograph" "$painting" -o $picture
cat <<END
== the picture is $PWD/$picture
   Neuschwanstein, painted like Van Gogh's church at Auvers. Next:
   $impasto optimize YOUR_PHOTO.jpg $painting -o mine.png
   $impasto optimize $photograph YOUR_PAINTING.jpg -o mine.png --style-weight 20
   $impasto optimize --help
END
