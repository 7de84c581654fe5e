#!/bin/bash
# Runs every fuzz target of a folder for the same time, all at once, each from its committed corpus.
# What it finds lands in <folder>/found/<target>/; a crash, a leak or a hang fails the run.
#
#   tests/fuzz/run.sh build/fuzz/tests/fuzz 60
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(realpath "$1")
export seconds=$2 folder

mapfile -t targets < <(find "$folder" -maxdepth 1 -name '*_fuzz' -type f -perm -u+x -printf '%f\n' | sort)
[[ ${#targets[@]} -gt 0 ]] || { echo "fuzz: no target in $folder" >&2; exit 1; }

run_one() {
  local name=$1 found="$folder/found/$1" seeds="tests/fuzz/corpus/$1"
  mkdir -p "$found"
  local corpora=("$found")
  [[ -d $seeds ]] && corpora+=("$seeds")
  local dictionary=()
  [[ -f tests/fuzz/$name.dict ]] && dictionary=(-dict="tests/fuzz/$name.dict")
  if "$folder/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
      -artifact_prefix="$found/" "${dictionary[@]}" "${corpora[@]}" >"$folder/$name.out" 2>&1; then
    echo "fuzz: $name $(awk '/number_of_executed_units/ { print $2 }' "$folder/$name.out") runs, nothing found"
  else
    tail -60 "$folder/$name.out"
    echo "fuzz: $name FAILED; the input is in $found"
    return 1
  fi
}
export -f run_one
printf '%s\n' "${targets[@]}" | xargs -P0 -I{} bash -c 'run_one {}'
