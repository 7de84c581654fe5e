#!/bin/bash
# clang-tidy and clang's warnings (thread-safety analysis among them) over every source in src/, two at once.
#
#   cmake/tidy.sh build/tidy
set -euo pipefail
cd "$(dirname "$0")/.."
find src -name '*.cc' -print0 | xargs -0 -P2 -n1 clang-tidy-14 -p "$1" --quiet 2> >(grep -v 'warnings\? generated' >&2)
