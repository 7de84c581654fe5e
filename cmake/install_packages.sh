#!/bin/sh
# Installs the groups of cmake/packages.txt that are named on the command line, as far as they are
# missing. Silent and instant when all are there; needs root (or sudo) only when something is missing.
#
#   cmake/install_packages.sh build test
set -eu

list="$(dirname "$0")/packages.txt"

packages_of() {
  sed -e 's/#.*//' -e 's/[[:space:]]*$//' "$list" |
    awk -v want=" $* " '/^\[/ { group = substr($0, 2, length($0) - 2); known = known " " group; next }
                        NF && index(want, " " group " ") { print $1 }'
}

# "install ok installed" is the one state that counts; unknown names give no line at all.
missing_of() {
  for package in "$@"; do
    case "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)" in
      "install ok installed") ;;
      *) echo "$package" ;;
    esac
  done
}

for group in "$@"; do
  grep -q "^\[$group\]" "$list" || { echo "install_packages: no group [$group] in $list" >&2; exit 2; }
done

wanted=$(packages_of "$@")
if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "install_packages: this is not a Debian system; please see to it that these are there:" $wanted >&2
  exit 0
fi
missing=$(missing_of $wanted)
[ -n "$missing" ] || exit 0

echo "installing:" $missing
as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || {
    echo "install_packages: root is needed once; run as root: apt-get update && apt-get install --no-install-recommends" $missing >&2
    exit 1
  }
  as_root="sudo"
fi

install_missing() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Use-Pty=0 $missing </dev/null
}

# The package lists may be absent (fresh machine) or stale (a version that is gone from the mirror).
if ! apt-cache show $missing >/dev/null 2>&1; then
  $as_root apt-get update -qq
  install_missing
elif ! install_missing; then
  $as_root apt-get update -qq
  install_missing
fi
