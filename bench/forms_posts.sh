#!/usr/bin/env bash
# The forms reference's load: 1,000 users x 5 posts of the student form, here 1,000 connections that send the
# next when they are answered. Mean and p99 beside the 1,858 ms (one container) and 1,056 ms (five) it states.
# Fails when a post is not answered 200 or is missing from the log.
#
#   bench/forms_posts.sh [--rounds 5] [--users 1000] [--posts 5] [--daybook PATH]
#
# BENCH_ROUNDS sets the same for a quick try.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

rounds="${BENCH_ROUNDS:-5}" users=1000 posts=5 daybook="$root/build/release/daybook"
while (($#)); do
  case "$1" in
    --rounds) rounds="$2"; shift 2 ;;
    --users) users="$2"; shift 2 ;;
    --posts) posts="$2"; shift 2 ;;
    --daybook) daybook="$2"; shift 2 ;;
    *) die "unknown option $1" ;;
  esac
done
[[ -x $daybook ]] || die "$daybook is missing: make build"
need curl curl

total=$((users * posts))
round() { # NUMBER
  local before json="$work/out.json"
  start_daybook "forms-$1"
  put /forms/student-data-form "$(cat "$root/config/forms/student-data-form.json")"
  before="$(metric 'daybook_log_events_total{topic="forms"}')"
  "$daybook" bench forms --url "$daybook_url" --connections "$users" --requests "$total" --json \
    >"$json" 2>"$work/out.err" || die "load failed: $(tail -2 "$work/out.err") $(cat "$json")"
  grep -q "\"codes\":{\"200\":$total}" "$json" || die "not $total x 200: $(cat "$json")"
  [[ $(($(metric 'daybook_log_events_total{topic="forms"}') - before)) == "$total" ]] || die "the log does not hold $total submissions"
  json_number mean "$json" >>"$work/mean"
  json_number p99 "$json" >>"$work/p99"
  json_number max "$json" >>"$work/max"
  json_number requests_per_second "$json" >>"$work/rate"
  say "  round $1 of $rounds: mean $(ms mean) ms, p99 $(ms p99) ms"
  stop_server "forms-$1"
  rm -rf "$work/forms-$1"
}
ms() { tail -1 "$work/$1" | awk '{ printf "%.2f\n", $1 / 1000 }'; }
of_ms() { median <"$work/$1" | awk '{ printf "%.2f\n", $1 / 1000 }'; }

machine="$(machine_text)"
for i in $(seq "$rounds"); do round "$i"; done
echo "## Form posts"
echo
echo "$machine"
echo "- $("$daybook" --version 2>/dev/null | head -1); $users connections, $posts posts each on average, fsynced; no error, all $total x 200; medians of $rounds rounds, each on a fresh log"
echo
echo "| | mean ms | p99 ms | max ms | posts a second |"
echo "|---|---|---|---|---|"
echo "| Daybook | $(of_ms mean) | $(of_ms p99) | $(of_ms max) | $(thousands "$(median <"$work/rate")") |"
echo "| the reference, one container (its own figure) | 1,858 | - | - | - |"
echo "| the reference, five containers (its own figure) | 1,056 | - | - | - |"
echo
