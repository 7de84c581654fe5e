#!/usr/bin/env bash
# The log alone against RocksDB's own benchmark, in one run, interleaved: fsynced appends of 1,000 records
# of about 200 bytes against db_bench fillseq --sync --batch_size=1000, and the scan against readseq.
#
#   bench/log.sh [--rounds 3] [--events 2000000] [--bench build/release/bench/daybook_log_bench]
#
# Needs the target daybook_log_bench: cmake --build --preset release --target daybook_log_bench
set -euo pipefail
. "$(dirname "$0")/lib.sh"

rounds=3 events=2000000 log_bench="$root/build/release/bench/daybook_log_bench"
while (($#)); do
  case "$1" in
    --rounds) rounds="$2"; shift 2 ;;
    --events) events="$2"; shift 2 ;;
    --bench) log_bench="$2"; shift 2 ;;
    *) die "unknown option $1" ;;
  esac
done
[[ -x $log_bench ]] || die "$log_bench is missing: cmake --build --preset release --target daybook_log_bench"
need db_bench rocksdb-tools

db() { # BENCHMARK [options...]: operations a second
  local name="$1"
  shift
  db_bench --benchmarks="$name" --db="$work/db" --num="$events" --value_size=200 \
    --compression_type=zstd "$@" 2>"$work/db.err" |
    sed -n "s/^$name .* \([0-9]*\) ops\/sec.*/\1/p"
}

# Events a second of this round's output, groups of 1,000: the append, and the scan of one topic from the
# tables (the last of the two it prints).
ours() { # append|scan
  awk -v kind="$1" '
    $1 == "append" { groups++ }
    groups == 1 && $1 == kind { for (i = 2; i <= NF; i++) if ($i == "events/s" && (kind == "append" || /one topic/)) v = $(i - 1) }
    END { if (v) print v }' "$work/log.out"
}

machine="$(machine_text)"
for i in $(seq "$rounds"); do
  say "round $i of $rounds"
  rm -rf "$work/log" "$work/db"
  "$log_bench" "$work/log" "$events" >"$work/log.out" || die "daybook_log_bench failed: $(cat "$work/log.out")"
  sed 's/^/  /' "$work/log.out" >&2
  ours append >>"$work/append"
  ours scan >>"$work/scan"
  db fillseq --sync=1 --batch_size=1000 >>"$work/fillseq"
  db readseq --use_existing_db=1 >>"$work/readseq"
  say "  db_bench: fillseq $(tail -1 "$work/fillseq"), readseq $(tail -1 "$work/readseq") ops/s"
done
for kind in append scan fillseq readseq; do
  [[ $(wc -l <"$work/$kind") -eq $rounds ]] || die "no figure for $kind: $(cat "$work/log.out") $(tail -c 300 "$work/db.err")"
done

of() { median <"$work/$1"; }
row() { echo "| $1 | $(thousands "$(of "$2")") | $(thousands "$(of "$3")") | $(calc "$(of "$2") / $(of "$3")") |"; }
echo "## The log alone"
echo
echo "$machine"
echo "- $(db_bench --version 2>&1 | head -1), $events events of about 200 bytes, medians of $rounds rounds"
echo
echo "| events a second | Daybook's log | db_bench | ratio |"
echo "|---|---|---|---|"
row "append, 1,000 a group, fsynced / fillseq --sync=1 --batch_size=1000" append fillseq
row "scan / readseq" scan readseq
echo
