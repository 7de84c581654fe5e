#!/usr/bin/env bash
# Projectors. For each sink: how fast it catches up with a full log, how far it lags while check-ins come at 15,000
# a second, and whether a kill -9 in the middle of catching up leaves it where it must go on. Then what projectors cost
# a write: p99 of single posts at that rate with none, with six whose targets are unreachable, and with three of those
# and three that follow every event, interleaved. Fails when a projector does not bring every event.
#
#   bench/projectors.sh [--rate 15000] [--seconds 15] [--rounds 3] [--events 3000000] [--sinks "csv jsonl ..."] [--daybook PATH]
#
# The targets are as cheap as they come, so that the figures are the sinks': nginx answers the webhooks, the tests'
# fake Google takes the rows (without its quota), aiosmtpd takes the mail. `make test` builds the fake Google.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$here/projector_targets.sh"

rate=15000 seconds="${BENCH_SECONDS:-15}" rounds="${BENCH_ROUNDS:-3}" events="${BENCH_EVENTS:-3000000}"
sinks="csv jsonl rollup moderation webhook google_sheets mail" daybook="$root/build/release/daybook"
while (($#)); do
  case "$1" in
    --rate) rate="$2"; shift 2 ;;
    --seconds) seconds="$2"; shift 2 ;;
    --rounds) rounds="$2"; shift 2 ;;
    --events) events="$2"; shift 2 ;;
    --sinks) sinks="$2"; shift 2 ;;
    --daybook) daybook="$2"; shift 2 ;;
    *) die "unknown option $1" ;;
  esac
done
[[ -x $daybook ]] || die "$daybook is missing: make build"
need curl curl

json="$work/out.json"
load() { # [daybook bench attendance's options...]
  "$daybook" bench attendance --url "$daybook_url" --json --rate "$rate" --duration "${seconds}s" --warmup 1s \
    --connections 100 "$@" >"$json" 2>"$work/out.err" || die "load failed: $(tail -2 "$work/out.err") $(cat "$json")"
}
delivered() { metric daybook_projector_delivered_total; }
lag() { metric daybook_projector_lag_events; }
has_delivered() { [[ $(delivered) -ge $1 ]]; }
has_no_lag() { [[ $(lag) -eq 0 ]]; }
now() { date +%s.%N; }

# What each sink is fed: the network's ones fewer events, so that a run ends.
topic_of() { case "$1" in moderation) echo forms ;; *) echo attendance ;; esac; }
type_of() { case "$1" in moderation) echo submitted ;; *) echo checked_in ;; esac; }
events_of() { # SINK
  case "$1" in
    mail) echo $((events / 300)) ;;
    webhook | moderation) echo $((events / 20)) ;;
    google_sheets) echo $((events / 10)) ;;
    *) echo "$events" ;;
  esac
}
fill() { # TOPIC COUNT
  case "$1" in
    forms) set -- forms --forms 1 --submissions "$2" ;;
    *) set -- attendance --schools 100 --users $(($2 / 100)) ;;
  esac
  "$daybook" seed "$@" --url "$daybook_url" --key "$daybook_key" >"$work/seed.out" 2>&1 ||
    die "seed failed: $(tail -3 "$work/seed.out")"
}

# A log that is full already, a projector that begins at its beginning; killed once in the middle.
catch_up() { # SINK COUNT
  local sink="$1" count="$2" began first before
  start_daybook "full-$sink"
  fill "$(topic_of "$sink")" "$count"
  stop_server "full-$sink"
  projector_table bench "$sink" "$(topic_of "$sink")" "$(type_of "$sink")" >"$work/$sink.toml"
  start_daybook "full-$sink" --config "$work/$sink.toml"
  # The rate between the first look and the one that sees half of it.
  wait_for 60 has_delivered 1 || die "$sink does not begin"
  began="$(now)" first="$(delivered)"
  wait_for 600 has_delivered $((count / 2)) || die "$sink stands still at $(delivered) of $count"
  before="$(delivered)"
  calc "($before - $first) / ($(now) - $began)" %.0f >"$work/catch_up.$sink"
  kill -KILL "${servers["full-$sink"]}"
  wait "${servers["full-$sink"]}" 2>/dev/null || true
  start_daybook "full-$sink" --config "$work/$sink.toml"
  wait_for 600 has_no_lag || die "$sink stands still after the kill, $(lag) behind"
  [[ $(delivered) -ge $((count - before - 100000)) ]] || die "$sink brought too few after the kill"
  stop_server "full-$sink"
  rm -rf "$work/full-$sink" "$work/files-$sink"
  say "  $sink: $(thousands "$(cat "$work/catch_up.$sink")") events/s"
}

# Check-ins at the rate; the sink follows the same topic (moderation: submissions, which rest).
under_load() { # SINK
  local sink="$1" seen lag_pid
  [[ $sink != google_sheets ]] || sed -i 's/sheet = "rows"/sheet = "live"/' "$work/$sink.toml"
  start_daybook "live-$sink" --config "$work/$sink.toml"
  { while seen="$(lag 2>/dev/null)"; do echo "$seen"; sleep 0.25; done; } >"$work/lag.$sink" &
  lag_pid=$!
  load
  calc "$(lag)" %.0f >"$work/lag_end.$sink"
  kill "$lag_pid" 2>/dev/null || true
  wait "$lag_pid" 2>/dev/null || true
  calc "$(delivered) / $seconds" %.0f >"$work/live.$sink"
  median <"$work/lag.$sink" >"$work/lag_median.$sink"
  json_number p99 "$json" >"$work/p99.$sink"
  stop_server "live-$sink"
  rm -rf "$work/live-$sink" "$work/files-$sink"
  say "  $sink under load: lag $(thousands "$(cat "$work/lag_median.$sink")") (end $(thousands "$(cat "$work/lag_end.$sink")"))"
}

# Writes with no projector, with six away, with six of which three follow.
compare_writes() { # ROUND
  local kind
  for kind in none away six; do
    if [[ $kind == none ]]; then start_daybook "w-$kind"; else start_daybook "w-$kind" --config "$work/$kind.toml"; fi
    load
    json_number p99 "$json" >>"$work/p99.$kind"
    json_number p50 "$json" >>"$work/p50.$kind"
    stop_server "w-$kind"
    rm -rf "$work/w-$kind" "$work"/files-*
  done
  say "  round $1: p99 $(tail -1 "$work/p99.none") us with none, $(tail -1 "$work/p99.away") us with six away, $(tail -1 "$work/p99.six") us with six"
}

machine="$(machine_text)"
start_nginx
start_sheets
start_mail
for sink in $sinks; do
  catch_up "$sink" "$(events_of "$sink")"
  under_load "$sink"
done
six_projectors >"$work/six.toml"
six_away >"$work/away.toml"
for i in $(seq "$rounds"); do compare_writes "$i"; done

echo "## Projectors"
echo
echo "$machine"
echo "- $("$daybook" --version 2>/dev/null | head -1); check-ins at $(thousands "$rate") a second, open loop, 100 connections, each fsynced, for $seconds s"
echo "- catching up: events a second from a full log until half of it was brought; then kill -9 and a restart, after which the rest came"
echo "- the targets (nginx, a fake Google, aiosmtpd) run on the same 2 cores"
echo
echo "| sink | events | catching up, events/s | lag under load, median | at its end | writes' p99 beside it, ms |"
echo "|---|---|---|---|---|---|"
for sink in $sinks; do
  echo "| $sink | $(thousands "$(events_of "$sink")") | $(thousands "$(cat "$work/catch_up.$sink")") | $(thousands "$(cat "$work/lag_median.$sink")") | $(thousands "$(cat "$work/lag_end.$sink")") | $(awk '{ printf "%.2f", $1 / 1000 }' "$work/p99.$sink") |"
done
echo
echo "| writes at $(thousands "$rate")/s, medians of $rounds rounds | no projector | six, targets unreachable | ratio | six, three of them following every event | ratio | bar |"
echo "|---|---|---|---|---|---|---|"
for figure in p50 p99; do
  none="$(median <"$work/$figure.none")" away="$(median <"$work/$figure.away")" six="$(median <"$work/$figure.six")"
  echo "| $figure, us | $none | $away | $(calc "$away / $none" %.2f) | $six | $(calc "$six / $none" %.2f) | $([[ $figure == p99 ]] && echo 1.2 || echo -) |"
done
echo
