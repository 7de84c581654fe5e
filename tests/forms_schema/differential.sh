#!/bin/bash
# The engine and ajv on the same random schemas and values; see differential.mjs.
#
#   tests/forms_schema/differential.sh build/release/tests/forms_schema/forms_schema_verdicts 20000
#
# Needs node and, once, `npm --prefix tests/forms_schema ci`. Ends with 77 where one is missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$1 pairs=$2

missing() {
  echo "skipped: $1"
  exit 77
}
command -v node >/dev/null || missing "node is not installed"
[[ -d $here/node_modules/ajv ]] || missing "run \`npm --prefix tests/forms_schema ci\` for ajv"
exec node "$here/differential.mjs" "$program" "$pairs"
