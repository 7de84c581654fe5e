#!/usr/bin/env bash
# Memory of many people with random 24-hex ids, one check-in each: Daybook against Redis in the reference's
# hash layout (one hash a school and day, field = person). Also time and disk bytes an event.
#
#   bench/memory.sh [--people 10000000] [--schools 1000] [--daybook PATH]
set -euo pipefail
. "$(dirname "$0")/lib.sh"

people=10000000 schools=1000 batch=1000 daybook="$root/build/release/daybook"
while (($#)); do
  case "$1" in
    --people) people="$2"; shift 2 ;;
    --schools) schools="$2"; shift 2 ;;
    --daybook) daybook="$2"; shift 2 ;;
    *) die "unknown option $1" ;;
  esac
done
[[ -x $daybook ]] || die "$daybook is missing: make build"
need redis-server redis-server
need redis-cli redis-tools
need curl curl
((people % batch == 0)) || die "--people must be a multiple of $batch"

resident() { awk '/^VmRSS/ { printf "%.0f\n", $2 * 1024 }' "/proc/${servers[$1]}/status"; }
redis_info() { redis-cli -p "$redis_port" info memory | tr -d '\r' | sed -n "s/^$1://p"; }

measure_daybook() {
  local rss_before started
  start_daybook daybook
  rss_before="$(resident daybook)"
  started="$(date +%s.%N)"
  "$daybook" bench attendance --url "$daybook_url" --batch "$batch" --requests "$((people / batch))" \
    --connections 8 --schools "$schools" --json >"$work/bench.json" || die "load failed: $(cat "$work/bench.json")"
  daybook_seconds="$(calc "$(date +%s.%N) - $started")"
  [[ "$(sed -n 's/.*"accepted_total":\([0-9]*\),"accepted_per_second.*/\1/p' "$work/bench.json")" == "$people" ]] ||
    die "not every check-in was accepted: $(cat "$work/bench.json")"
  daybook_view="$(metric daybook_view_bytes)"
  daybook_rss="$(($(resident daybook) - rss_before))"
  stop_server daybook
  daybook_disk="$(du -sb "$daybook_data" | cut -f1)"
  started="$(date +%s.%N)"
  start_daybook daybook
  daybook_restart="$(calc "$(date +%s.%N) - $started")"
  daybook_rss_restarted="$(resident daybook)"
  stop_server daybook
}

# The inline protocol: one HSET a person, a new random 24-hex id each.
redis_commands() {
  head -c "$((people * 12))" /dev/urandom | od -An -v -tx1 -w12 | tr -d ' ' |
    awk -v schools="$schools" '{ printf "HSET attendance:%d:20260101 %s 1\r\n", NR % schools, $0 }'
}

measure_redis() {
  local before started
  start_redis --appendonly no
  before="$(redis_info used_memory)"
  started="$(date +%s.%N)"
  redis_commands | redis-cli -p "$redis_port" --pipe >"$work/pipe.out" || die "redis-cli: $(cat "$work/pipe.out")"
  redis_seconds="$(calc "$(date +%s.%N) - $started")"
  redis_bytes="$(($(redis_info used_memory) - before))"
  redis_rss="$(resident redis)"
  stop_server redis
}

machine="$(machine_text)"
say "Daybook: $people check-ins"
measure_daybook
say "Redis: $people HSET"
measure_redis

per() { calc "$1 / $people" %.1f; }
echo "## Memory of $(thousands "$people") people"
echo
echo "$machine"
echo "- $("$daybook" --version 2>/dev/null | head -1), $(redis-server --version | cut -d' ' -f1-3), $schools schools, one check-in each, new random 24-hex ids"
echo
echo "| | Daybook | Redis hashes | ratio | bar |"
echo "|---|---|---|---|---|"
echo "| bytes a person, counted by the server | $(per "$daybook_view") | $(per "$redis_bytes") | $(calc "$daybook_view / $redis_bytes") | 0.2 |"
echo "| bytes a person, growth of the resident set | $(per "$daybook_rss") | $(per "$redis_rss") | $(calc "$daybook_rss / $redis_rss") | - |"
echo "| the same after a restart | $(per "$daybook_rss_restarted") | - | - | - |"
echo "| seconds to load | $daybook_seconds (fsynced) | $redis_seconds (not durable) | - | - |"
echo "| disk bytes an event | $(per "$daybook_disk") | - | - | - |"
echo "| seconds to restart | $daybook_restart | - | - | - |"
echo
