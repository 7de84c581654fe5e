#!/usr/bin/env bash
# A sold-out station: the reference's load script (hey -c 100 -z 5s, one fixed body) against a station with
# 1,000 places and no limit a person - exactly 1,000 x 200, the rest 409 and nothing of it in the log - and
# refusals a second against nginx answering a fixed 200; then with the default of one booking a person: 1 x 200.
# Rounds interleaved, medians. `daybook bench booking --same-person` as a second, cheaper client.
#
#   bench/booking.sh [--rounds 3] [--seconds 5] [--daybook PATH]
#
# BENCH_SECONDS and BENCH_ROUNDS set the same for a quick try.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

rounds="${BENCH_ROUNDS:-3}" seconds="${BENCH_SECONDS:-5}" connections=100 places=1000
daybook="$root/build/release/daybook"
while (($#)); do
  case "$1" in
    --rounds) rounds="$2"; shift 2 ;;
    --seconds) seconds="$2"; shift 2 ;;
    --daybook) daybook="$2"; shift 2 ;;
    *) die "unknown option $1" ;;
  esac
done
[[ -x $daybook ]] || die "$daybook is missing: make build"
need nginx nginx-light
need hey hey
need curl curl

body='{"mysejahteraId":"900101145566","firstName":"Aisyah","lastName":"Rahman","address":"12 Jalan Bukit","location":"PWTC","phoneNumber":"0123456789","date":"20210516"}'

put_station() { # [MEMBER...]: PWTC with one date
  put /stations/PWTC "{\"dates\":[{\"date\":\"20210516\",\"capacity\":$places}]${1:+,$1}}"
}

# hey's load for $seconds: req/s to $work/NAME.rate, p50 and p99 in ms, the answers to $work/hey.out.
hey_load() { # NAME URL
  hey -c "$connections" -z "${seconds}s" -m POST -T application/json -d "$body" "$2/booking" >"$work/hey.out" 2>&1 ||
    die "hey on $1: $(cat "$work/hey.out")"
  ! grep -q 'Error distribution' "$work/hey.out" || die "hey on $1: $(sed -n '/Error distribution/,$p' "$work/hey.out")"
  sed -n 's/^ *Requests\/sec:[[:space:]]*//p' "$work/hey.out" >>"$work/$1.rate"
  sed -n 's/^ *50% in \([0-9.]*\) secs.*/\1/p' "$work/hey.out" | awk '{ print 1000 * $1 }' >>"$work/$1.p50"
  sed -n 's/^ *99% in \([0-9.]*\) secs.*/\1/p' "$work/hey.out" | awk '{ print 1000 * $1 }' >>"$work/$1.p99"
  say "  $1: $(thousands "$(tail -1 "$work/$1.rate")") req/s, $(hey_codes)"
}
hey_count() { sed -n "s/^ *\[$1\][[:space:]]*\([0-9]*\) responses.*/\1/p" "$work/hey.out"; } # STATUS
hey_codes() { sed -n 's/^ *\[\([0-9]*\)\][[:space:]]*\([0-9]*\) responses.*/\2 x \1/p' "$work/hey.out" | paste -sd, | sed 's/,/, /g'; }

# The answers of the last hey run on Daybook: so many 200, all others 409, and so many events of it in the log.
check_answers() { # ACCEPTED EVENTS_BEFORE
  local events
  [[ $(hey_count 200) == "$1" ]] || die "not $1 x 200: $(hey_codes)"
  [[ $(hey_count 409) -gt 0 && $(hey_codes) == "$1 x 200, $(hey_count 409) x 409" ]] || die "something else than 200 and 409: $(hey_codes)"
  events=$(($(metric 'daybook_log_events_total{topic="booking"}') - $2))
  [[ $events == "$1" ]] || die "$events events in the log for $1 bookings"
  codes="$(hey_codes)"
}

events_now() { metric 'daybook_log_events_total{topic="booking"}'; }

# The same body from our own client, with every place gone: refusals alone.
own_load() { # NAME URL STATUS
  "$daybook" bench booking --same-person --url "$2" --connections "$connections" --duration "${seconds}s" \
    --warmup 300ms --json >"$work/out.json" 2>"$work/out.err" || die "load on $1: $(tail -2 "$work/out.err")"
  grep -q "\"codes\":{\"$3\":[0-9]*}" "$work/out.json" || die "$1 answered something else than $3: $(cat "$work/out.json")"
  json_number requests_per_second "$work/out.json" >>"$work/$1.rate"
  json_number p50 "$work/out.json" | awk '{ print $1 / 1000 }' >>"$work/$1.p50"
  json_number p99 "$work/out.json" | awk '{ print $1 / 1000 }' >>"$work/$1.p99"
  say "  $1: $(thousands "$(tail -1 "$work/$1.rate")") req/s"
}

round() { # NUMBER
  local before
  say "round $1 of $rounds"
  start_daybook "free-$1"
  put_station '"bookings_per_person":0'
  before="$(events_now)"
  hey_load daybook "$daybook_url"
  check_answers "$places" "$before"
  free_codes="$codes"
  own_load own_daybook "$daybook_url" 409
  stop_server "free-$1"
  start_nginx
  hey_load nginx "$nginx_url"
  own_load own_nginx "$nginx_url" 200
  stop_server nginx
  start_daybook "one-$1"
  put_station
  before="$(events_now)"
  hey_load one_each "$daybook_url"
  check_answers 1 "$before"
  one_codes="$codes"
  stop_server "one-$1"
  rm -rf "$work/free-$1" "$work/one-$1" "$work/nginx"
}

machine="$(machine_text)"
for i in $(seq "$rounds"); do round "$i"; done

of() { median <"$work/$1"; }
row() { # TEXT DAYBOOK NGINX
  echo "| $1 | $(thousands "$(of "$2.rate")") | $(thousands "$(of "$3.rate")") | $(calc "$(of "$2.rate") / $(of "$3.rate")") | $(calc "$(of "$2.p50")") / $(calc "$(of "$2.p99")") | $(calc "$(of "$3.p50")") / $(calc "$(of "$3.p99")") |"
}
echo "## A sold-out station"
echo
echo "$machine"
echo "- $("$daybook" --version 2>/dev/null | head -1), $(PATH="$PATH:/usr/sbin" nginx -v 2>&1 | sed 's/.*: //'); $rounds rounds of $seconds s each, interleaved; medians"
echo "- \`hey -c $connections -z ${seconds}s\`, one fixed body; 1,000 places, \`bookings_per_person\` 0: $free_codes; with the default of 1: $one_codes; in the log: the accepted ones alone (last round, all rounds checked)"
echo
echo "| answers a second | Daybook, refusals | nginx, fixed 200 | ratio | p50 / p99 ms | nginx p50 / p99 ms |"
echo "|---|---|---|---|---|---|"
row "hey, sold out" daybook nginx
row "hey, the person has a booking" one_each nginx
row "\`daybook bench booking --same-person\`, sold out" own_daybook own_nginx
echo
