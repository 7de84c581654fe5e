#!/usr/bin/env bash
# Hits. First 10,000 single posts a second for a minute on one hot id, open loop: latency from when each was
# due. Then NDJSON batches of 1,000, fsynced, against db_bench fillseq --sync --batch_size=1000, interleaved.
# Fails when an answer is not 204 or the counts do not add up.
#
#   bench/hits.sh [--rate 10000] [--seconds 60] [--rounds 3] [--batch-seconds 8] [--value-bytes 200] [--daybook PATH]
#
# BENCH_SECONDS (of both parts) and BENCH_ROUNDS set the same for a quick try. --value-bytes: of db_bench's
# records, as in log.sh; a second row has records of 100 bytes, nearer to a hit's own size.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

rate=10000 seconds="${BENCH_SECONDS:-60}" rounds="${BENCH_ROUNDS:-3}" batch_seconds="${BENCH_SECONDS:-8}"
value_bytes=200 small_bytes=100 db_events=2000000 batch=1000 ids=10000 daybook="$root/build/release/daybook"
while (($#)); do
  case "$1" in
    --rate) rate="$2"; shift 2 ;;
    --seconds) seconds="$2"; shift 2 ;;
    --rounds) rounds="$2"; shift 2 ;;
    --batch-seconds) batch_seconds="$2"; shift 2 ;;
    --value-bytes) value_bytes="$2"; shift 2 ;;
    --daybook) daybook="$2"; shift 2 ;;
    *) die "unknown option $1" ;;
  esac
done
[[ -x $daybook ]] || die "$daybook is missing: make build"
need db_bench rocksdb-tools
need curl curl

json="$work/out.json"
load() { # [daybook bench hits' options...]
  "$daybook" bench hits --url "$daybook_url" --json "$@" >"$json" 2>"$work/out.err" ||
    die "load failed: $(tail -2 "$work/out.err") $(cat "$json")"
}

single() {
  local counted
  start_daybook single
  load --rate "$rate" --duration "${seconds}s" --warmup 1s --connections 100
  grep -q '"codes_total":{"204":[0-9]*},' "$json" || die "something else than 204: $(cat "$json")"
  [[ $(json_number unsent "$json") == 0 ]] || die "$(json_number unsent "$json") hits were due and not sent"
  # The five windows come in order; all of this happened within the longest.
  counted="$(curl -fsS "$daybook_url/analytics/1" | sed -n 's/.*"3 days ago", *"count": *\([0-9]*\).*/\1/p')"
  [[ $counted == "$(json_number accepted_total "$json")" ]] || die "$counted hits counted, $(json_number accepted_total "$json") accepted"
  cp "$json" "$work/single.json"
  say "  single posts: $(thousands "$(json_number requests_per_second "$json")")/s, p90 $(json_number p90 "$json") us"
  stop_server single
}

db() { # VALUE_BYTES
  rm -rf "$work/db"
  db_bench --benchmarks=fillseq --db="$work/db" --num="$db_events" --value_size="$1" --compression_type=zstd \
    --sync=1 --batch_size="$batch" 2>"$work/db.err" | sed -n 's/^fillseq .* \([0-9]*\) ops\/sec.*/\1/p'
  rm -rf "$work/db"
}

round() { # NUMBER
  local before after accepted
  say "round $1 of $rounds"
  start_daybook "batches-$1"
  before="$(du -sb "$daybook_data" | cut -f1)"
  load --batch "$batch" --ids "$ids" --connections 4 --duration "${batch_seconds}s" --warmup 1s
  accepted="$(sed -n 's/.*"accepted_total":\([0-9]*\),"accepted_per_second.*/\1/p' "$json")"
  json_number accepted_per_second "$json" >>"$work/batches"
  [[ $(metric 'daybook_log_events_total{topic="hits"}') -ge $accepted ]] || die "the log holds fewer hits than were accepted"
  stop_server "batches-$1"
  after="$(du -sb "$daybook_data" | cut -f1)"
  calc "($after - $before) / $accepted" %.1f >>"$work/disk"
  rm -rf "$work/batches-$1"
  db "$value_bytes" >>"$work/fillseq"
  db "$small_bytes" >>"$work/fillseq_small"
  say "  batches: $(thousands "$(tail -1 "$work/batches")") events/s; fillseq $(thousands "$(tail -1 "$work/fillseq")"), $(thousands "$(tail -1 "$work/fillseq_small")")"
}

machine="$(machine_text)"
say "single posts: $rate a second for $seconds s"
single
for i in $(seq "$rounds"); do round "$i"; done
for kind in batches fillseq fillseq_small; do
  [[ $(grep -c . "$work/$kind") -eq $rounds ]] || die "no figure for $kind: $(tail -c 300 "$work/db.err")"
done

of() { median <"$work/$1"; }
field_ms() { json_number "$1" "$work/single.json" | awk '{ printf "%.2f", $1 / 1000 }'; }
echo "## Hits"
echo
echo "$machine"
echo "- $("$daybook" --version 2>/dev/null | head -1), $(db_bench --version 2>&1 | head -1)"
echo "- single posts: open loop, one hot id, 100 connections, every hit fsynced before its 204; all $(thousands "$(json_number accepted_total "$work/single.json")") accepted ones counted by \`GET /analytics/1\`"
echo "- batches: $rounds rounds of $batch_seconds s, interleaved, medians; $ids ids, 4 connections; $(of disk) bytes a hit on disk"
echo
echo "| single posts a second | p50 ms | p90 ms | p99 ms | max ms | bar |"
echo "|---|---|---|---|---|---|"
echo "| $(thousands "$(json_number requests_per_second "$work/single.json")") for $seconds s | $(field_ms p50) | $(field_ms p90) | $(field_ms p99) | $(field_ms max) | p90 < 100 ms at 10,000/s |"
echo
echo "| events a second | Daybook, NDJSON over HTTP | db_bench | ratio | bar |"
echo "|---|---|---|---|---|"
echo "| $batch a request, fsynced / fillseq --sync=1 --batch_size=$batch, values of $value_bytes bytes | $(thousands "$(of batches)") | $(thousands "$(of fillseq)") | $(calc "$(of batches) / $(of fillseq)") | 0.7 |"
echo "| the same, values of $small_bytes bytes | $(thousands "$(of batches)") | $(thousands "$(of fillseq_small)") | $(calc "$(of batches) / $(of fillseq_small)") | - |"
echo
