#!/usr/bin/env bash
# The reference's own load script (autocannon, 100 connections, 100,000 posts) against a fresh Daybook;
# fails when an answer is wrong or the schools' totals do not add up to the accepted posts.
#
#   bench/autocannon.sh [--daybook PATH] [autocannon.mjs's options...]
set -euo pipefail
. "$(dirname "$0")/lib.sh"

daybook="$root/build/release/daybook"
if [[ ${1:-} == --daybook ]]; then
  daybook="$2"
  shift 2
fi
[[ -x $daybook ]] || die "$daybook is missing: make build"
need node nodejs
need npm npm
[[ -d $here/load/node_modules ]] || npm --prefix "$here/load" ci >&2

machine_text
echo "- $("$daybook" --version 2>/dev/null | head -1), node $(node --version), autocannon $(node -p "require('$here/load/node_modules/autocannon/package.json').version")"
start_daybook daybook
node "$here/load/autocannon.mjs" --url "$daybook_url" "$@"
