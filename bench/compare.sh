#!/usr/bin/env bash
# Daybook's fsynced POST against nginx answering a fixed 200 (256 connections) and against Redis SET with
# appendfsync always (64 connections): one run, rounds interleaved, medians. Prints a markdown section.
#
#   bench/compare.sh [--rounds 3] [--seconds 8] [--append] [--smoke SECONDS] [--daybook PATH]
#
# --append adds the section to bench/RESULTS.md. --smoke does one short round of everything and fails only
# when something did not work; its figures mean little.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

rounds=3 seconds=8 warmup=2s append=no smoke=no
daybook="$root/build/release/daybook"
while (($#)); do
  case "$1" in
    --rounds) rounds="$2"; shift 2 ;;
    --seconds) seconds="$2"; shift 2 ;;
    --append) append=yes; shift ;;
    --smoke) smoke=yes rounds=1 seconds="$2" warmup=200ms; shift 2 ;;
    --daybook) daybook="$2"; shift 2 ;;
    *) die "unknown option $1" ;;
  esac
done
[[ -x $daybook ]] || die "$daybook is missing: make build"
need nginx nginx-light
need redis-server redis-server
need redis-benchmark redis-tools
need wrk wrk

threads="$(nproc)"
machine="$(machine_text)"

# Loads URL for $seconds: adds req/s to $work/NAME.rate, p50/p99 to NAME.p50/.p99, CPU per request to
# NAME.client_cpu and (of SERVER) NAME.server_cpu.
measure() { # NAME SERVER URL CONNECTIONS
  local json="$work/out.json" before after requests
  before="$(cpu_seconds "$2")"
  "$daybook" bench attendance --url "$3" --path /attendances --connections "$4" \
    --duration "${seconds}s" --warmup "$warmup" --json >"$json" 2>"$work/out.err" ||
    die "load on $1 failed: $(tail -2 "$work/out.err") $(cat "$json")"
  after="$(cpu_seconds "$2")"
  grep -q '"codes":{"200":[0-9]*}' "$json" || die "$1 answered something else than 200: $(cat "$json")"
  requests="$(json_number requests_total "$json")"
  json_number requests_per_second "$json" >>"$work/$1.rate"
  json_number p50 "$json" >>"$work/$1.p50"
  json_number p99 "$json" >>"$work/$1.p99"
  calc "1e6 * ($after - $before) / $requests" >>"$work/$1.server_cpu"
  calc "$(json_number user "$json") + $(json_number system "$json")" >>"$work/$1.client_cpu"
  say "  $1: $(thousands "$(tail -1 "$work/$1.rate")") req/s"
}

measure_wrk() { # NAME URL CONNECTIONS
  local out="$work/wrk.out"
  wrk -t1 -c"$3" -d"${seconds}s" -s "$here/load/attendance.lua" "$2/attendances" >"$out" 2>&1 || die "wrk on $1: $(cat "$out")"
  ! grep -Eq 'Socket errors|Non-2xx' "$out" || die "wrk on $1: $(cat "$out")"
  sed -n 's/^Requests\/sec: *//p' "$out" >>"$work/$1.rate"
  say "  $1: $(thousands "$(tail -1 "$work/$1.rate")") req/s"
}

redis_set() { # REQUESTS: one line of --csv
  redis-benchmark -p "$redis_port" -t set -c 64 -d 200 -r 10000000 -n "$1" --csv | grep '^"SET"' | tr -d '"'
}

measure_redis() {
  local probe line before after requests
  probe="$(redis_set 5000 | cut -d, -f2)"
  requests="$(calc "$probe * $seconds + 1" %d)"
  before="$(cpu_seconds redis)"
  line="$(redis_set "$requests")"
  after="$(cpu_seconds redis)"
  cut -d, -f2 <<<"$line" >>"$work/redis.rate"
  calc "1000 * $(cut -d, -f5 <<<"$line")" %.1f >>"$work/redis.p50"
  calc "1000 * $(cut -d, -f7 <<<"$line")" %.1f >>"$work/redis.p99"
  calc "1e6 * ($after - $before) / $requests" >>"$work/redis.server_cpu"
  say "  redis: $(thousands "$(tail -1 "$work/redis.rate")") SET/s"
}

round() { # NUMBER
  say "round $1 of $rounds"
  start_daybook "row1-$1"
  measure daybook256 "row1-$1" "$daybook_url" 256
  measure_wrk wrk_daybook256 "$daybook_url" 256
  stop_server "row1-$1"
  start_nginx
  measure nginx256 nginx "$nginx_url" 256
  measure_wrk wrk_nginx256 "$nginx_url" 256
  stop_server nginx
  start_daybook "row2-$1"
  measure daybook64 "row2-$1" "$daybook_url" 64
  measure_wrk wrk_daybook64 "$daybook_url" 64
  stop_server "row2-$1"
  start_redis --appendonly yes --appendfsync always
  measure_redis
  stop_server redis
  rm -rf "$work"/row?-"$1" "$work/redis" "$work/nginx"
}

of() { median <"$work/$1"; }
spread() { sort -g "$work/$1.rate" | awk 'NR == 1 { a = $1 } { b = $1 } END { printf "%.0f-%.0f k", a / 1000, b / 1000 }'; }

row() { # TEXT DAYBOOK OTHER BAR
  echo "| $1 | $(thousands "$(of "$2.rate")") ($(spread "$2")) | $(thousands "$(of "$3.rate")") ($(spread "$3")) | $(calc "$(of "$2.rate") / $(of "$3.rate")") | $4 |"
}

side() { # TEXT NAME [NO_CLIENT]
  local client=-
  [[ ! -f $work/$2.client_cpu ]] || client="$(of "$2.client_cpu")"
  echo "| $1 | $(calc "$(of "$2.p50") / 1000") | $(calc "$(of "$2.p99") / 1000") | $(of "$2.server_cpu") | $client |"
}

section() {
  echo "## Durable writes, one event a request"
  echo
  echo "$machine"
  echo "- $("$daybook" --version 2>/dev/null | head -1), $(PATH="$PATH:/usr/sbin" nginx -v 2>&1 | sed 's/.*: //'), $(redis-server --version | cut -d' ' -f1-3), wrk $(wrk -v 2>&1 | sed -n '1s/^wrk \([^ ]*\).*/\1/p' || true)"
  echo "- $rounds rounds of $seconds s each, interleaved; medians (lowest-highest); fresh data directory each round; client and server share the $threads cores"
  echo
  echo "| requests a second | Daybook, fsynced | other | ratio | bar |"
  echo "|---|---|---|---|---|"
  row "row 1: POST, 256 connections / nginx fixed 200" daybook256 nginx256 "1.0"
  row "the same with wrk" wrk_daybook256 wrk_nginx256 "-"
  row "row 2: POST, 64 connections / Redis SET, appendfsync always, redis-benchmark" daybook64 redis "1.0"
  row "the same, Daybook under wrk" wrk_daybook64 redis "-"
  echo
  echo "| | p50 ms | p99 ms | server CPU us a request | client CPU us a request |"
  echo "|---|---|---|---|---|"
  side "Daybook, 256" daybook256
  side "nginx, 256" nginx256
  side "Daybook, 64" daybook64
  side "Redis, 64" redis
  echo
}

for i in $(seq "$rounds"); do round "$i"; done
section >"$work/section.md"
cat "$work/section.md"
if [[ $append == yes && $smoke == no ]]; then
  cat "$work/section.md" >>"$here/RESULTS.md"
  say "added to bench/RESULTS.md"
fi
