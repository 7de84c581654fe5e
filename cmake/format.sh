#!/bin/bash
# clang-format over every C++ file of ours: in place, or with --check only reported (exit 1).
set -euo pipefail
cd "$(dirname "$0")/.."
mode=(-i)
[[ "${1:-}" == "--check" ]] && mode=(--dry-run -Werror)
find include src tests bench -name build -prune -o \( -name '*.h' -o -name '*.cc' \) -print0 |
  xargs -0 -P2 -n 16 clang-format-14 "${mode[@]}"
