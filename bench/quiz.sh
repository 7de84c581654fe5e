#!/usr/bin/env bash
# A live quiz: Daybook against Socket.IO on Node (bench/quiz_node), the same clients, alternating. Messages for a
# second of the server's CPU while broadcasts are all it does, memory of a socket, joining, spread of a broadcast;
# then answers accepted while broadcasting, and 1,000 joins and leaves a second. Fails when a socket is lost, an
# answer refused, or a broadcast missing, doubled or out of order.
#
#   bench/quiz.sh [--sockets "2000 10000"] [--rounds 3] [--seconds 10] [--apart] [--daybook PATH]
#
# BENCH_SECONDS and BENCH_ROUNDS set the same for a quick try. Broadcasts are measured at the contract's interval of
# 500 ms and, for a large number of messages, at 50 ms. --apart (root, 2 cores): broadcasts only, the servers on core 0
# and the clients' half of TCP on core 1 (a loopback of its own, with receive packet steering), because a plain loopback
# charges the sender with the receiver's work too, which over a network it never has.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

sockets="2000 10000" rounds="${BENCH_ROUNDS:-3}" seconds="${BENCH_SECONDS:-10}" intervals="500 50" apart=""
daybook="$root/build/release/daybook"
arguments=("$@")
while (($#)); do
  case "$1" in
    --sockets) sockets="$2"; shift 2 ;;
    --rounds) rounds="$2"; shift 2 ;;
    --seconds) seconds="$2"; shift 2 ;;
    --apart) apart=1; shift ;;
    --daybook) daybook="$2"; shift 2 ;;
    *) die "unknown option $1" ;;
  esac
done
[[ -x $daybook ]] || die "$daybook is missing: make build"
need curl curl
need node nodejs
need npm npm
[[ -d $here/quiz_node/node_modules ]] || npm --prefix "$here/quiz_node" ci >&2
crowd="$(tr ' ' '\n' <<<"$sockets" | sort -n | tail -1)" # of the runs with answers, joins and leaves

# In a namespace of its own: the same script again.
if [[ -n $apart && -z ${BENCH_APART:-} ]]; then
  rmdir "$work"
  BENCH_APART=1 exec unshare --net --mount "$0" "${arguments[@]}"
fi
on_server=() on_client=()
if [[ -n $apart ]]; then
  ip link set lo up
  mount -t sysfs sysfs /sys
  echo 2 >/sys/class/net/lo/queues/rx-0/rps_cpus
  on_server=(taskset -c 0) on_client=(taskset -c 1)
fi

json="$work/out.json"
field() { node -p "JSON.parse(require('fs').readFileSync('$json', 'utf8')).$1"; } # PATH, as in spread_ms.p50

start_node() { # NAME INTERVAL_MS: sets node_url
  node "$here/quiz_node/server.mjs" --interval-ms "$2" >"$work/$1.out" 2>"$work/$1.err" &
  servers[$1]=$!
  wait_for 20 ready_or_ended "$1"
  grep -q '^ready' "$work/$1.out" || die "the peer did not start: $(cat "$work/$1.err")"
  node_url="$(sed -n 's/^listening on //p' "$work/$1.out")"
}

start() { # SIDE INTERVAL_MS: sets url, key
  if [[ $1 == daybook ]]; then
    DAYBOOK_QUIZ_BROADCAST_INTERVAL_MS="$2" start_daybook "$1"
    url="$daybook_url" key="$daybook_key"
  else
    start_node "$1" "$2"
    url="$node_url" key="none"
  fi
  [[ -z $apart ]] || taskset -a -p -c 0 "${servers[$1]}" >/dev/null
}

load() { # SIDE INTERVAL_MS [daybook bench live's options...]
  local side="$1" interval="$2" wrong
  shift 2
  start "$side" "$interval"
  ${on_client[@]+"${on_client[@]}"} "$daybook" bench live --url "$url" --key "$key" --pid "${servers[$side]}" --json \
    --duration "${seconds}s" --drive "$((interval / 2))ms" "$@" >"$json" 2>"$work/out.err" ||
    die "$side failed: $(tail -2 "$work/out.err") $(cat "$json")"
  stop_server "$side"
  rm -rf "$work/daybook"
  for wrong in lost refused unanswered out_of_order; do
    [[ $(field "$wrong") == 0 ]] || die "$side: $wrong is $(field "$wrong"): $(cat "$json")"
  done
}

keep() { # NAME FIELD...: adds each to the figures of this name
  local name="$1" f
  shift
  for f in "$@"; do field "$f" >>"$work/figures.$name.$f"; done
}
of() { median <"$work/figures.$1.$2"; } # NAME FIELD
number() { thousands "$(of "$1" "$2")"; }
ms() { calc "$(of "$1" "$2")" %.0f; }
spread() { # NAME: p50 / p99 ms; none when newer states took the place of some of each
  [[ $(of "$1" spread_ms.p50) == 0 ]] && echo "none whole" || echo "$(ms "$1" spread_ms.p50) / $(ms "$1" spread_ms.p99)"
}
ratio() { calc "$(of "daybook.$1" "$2") / $(of "node.$1" "$2")"; } # NAME FIELD

broadcasts() { # SIDE SOCKETS INTERVAL_MS
  load "$1" "$3" --sockets "$2" --users 10 --questions 200
  # A newer state may take the place of one that has not been sent: only when they come faster than they can go.
  [[ $3 != 500 || $(field missed) == 0 ]] || die "$1: $(field missed) messages are missing"
  [[ $(field duplicates) == 0 ]] || die "$1: $(field duplicates) messages came twice"
  keep "$1.$2.$3" server.messages_per_cpu_second server.bytes_per_socket join_seconds spread_ms.p50 spread_ms.p99 \
    broadcasts missed client_cpu_us_per_message messages_per_second
  keep "$1.$2" server.bytes_per_socket join_seconds
  say "  $1, $2 sockets, every $3 ms: $(thousands "$(field server.messages_per_cpu_second)") messages a CPU second, spread $(field spread_ms.p50) ms"
}

answers() { # SIDE
  load "$1" 500 --sockets "$crowd" --users 10000 --questions 100 --answerers 1000
  keep "$1.answers" accepted_per_second answer_ms.p50 answer_ms.p99 spread_ms.p50 spread_ms.p99 broadcasts
  say "  $1: $(thousands "$(field accepted_per_second)") answers a second"
}

churn() { # SIDE NAME [options...]
  local side="$1" name="$2"
  shift 2
  load "$side" 500 --sockets "$crowd" --users 10 --questions 200 --churn 1000 "$@"
  keep "$side.$name" churned_per_second churn_ms.p50 churn_ms.p99 spread_ms.p50 server.cpu_seconds
  say "  $side, $name: $(thousands "$(field churned_per_second)") a second, p99 $(field churn_ms.p99) ms"
}

floor() { # SOCKETS INTERVAL_MS: of the kernel alone, messages a CPU second
  local program="$root/build/release/bench/daybook_send_floor"
  [[ -x $program ]] || { echo 0; return; }
  ${on_server[@]+"${on_server[@]}"} "$program" "$1" 750 $((2000 / $2 + 5)) "$2" | sed -n 's/.* a message, \([0-9]*\) messages per CPU second/\1/p'
}

machine="$(machine_text)"
for round in $(seq "$rounds"); do
  say "round $round of $rounds"
  for n in $sockets; do
    for interval in $intervals; do
      for side in daybook node; do broadcasts "$side" "$n" "$interval"; done
      floor "$n" "$interval" >>"$work/figures.floor.$n.$interval"
    done
  done
  [[ -z $apart ]] || continue
  for side in daybook node; do answers "$side"; done
  for side in daybook node; do churn "$side" rooms; done
  for side in daybook node; do churn "$side" connections --reconnect; done
done

echo "## A live quiz${apart:+, the receivers apart}"
echo
echo "$machine"
echo "- $("$daybook" --version 2>/dev/null | head -1), node $(node --version), socket.io $(node -p "require('$here/quiz_node/node_modules/socket.io/package.json').version"); $rounds rounds of $seconds s each, interleaved; medians"
echo "- one quiz, all sockets in it by transport=websocket, a leaderboard of ten rows (about $(calc "$(field message_bytes) / $(field messages)" %.0f) bytes); CPU: user and system time of the server's process"
echo "- kernel alone: \`daybook_send_floor\`, a loop of send() of 750 bytes to each socket at the same intervals and nothing else"
echo
echo "| messages for a second of the server's CPU | Daybook | Socket.IO | ratio | bar | kernel alone | Daybook of it |"
echo "|---|---|---|---|---|---|---|"
for n in $sockets; do
  for interval in $intervals; do
    name="$n.$interval" figure=server.messages_per_cpu_second floor="$(median <"$work/figures.floor.$name")"
    echo "| $(thousands "$n") sockets, every $interval ms | $(number "daybook.$name" $figure) | $(number "node.$name" $figure) | $(ratio "$name" $figure) | 4 | $(thousands "$floor") | $(calc "$floor > 0 ? $(of "daybook.$name" $figure) / $floor : 0") |"
  done
done
echo
[[ -z $apart ]] || exit 0
echo "| | Daybook | Socket.IO | bar |"
echo "|---|---|---|---|"
for n in $sockets; do
  t="$(thousands "$n")"
  echo "| $t sockets: resident bytes each | $(number "daybook.$n" server.bytes_per_socket) | $(number "node.$n" server.bytes_per_socket) | 16,384 |"
  echo "| $t sockets: seconds until all have joined | $(calc "$(of "daybook.$n" join_seconds)") | $(calc "$(of "node.$n" join_seconds)") | - |"
  for interval in $intervals; do
    name="$n.$interval"
    echo "| $t sockets, every $interval ms: spread of a broadcast, p50 / p99 ms | $(spread "daybook.$name") | $(spread "node.$name") | - |"
    echo "| the same: broadcasts in $seconds s, messages replaced by newer ones | $(number "daybook.$name" broadcasts), $(number "daybook.$name" missed) | $(number "node.$name" broadcasts), $(number "node.$name" missed) | - |"
  done
done
t="$(thousands "$crowd")"
echo "| $t sockets, 1,000 of them answering: answers accepted a second | $(number daybook.answers accepted_per_second) (fsynced) | $(number node.answers accepted_per_second) (in memory) | - |"
echo "| the same: p50 / p99 ms of an answer | $(ms daybook.answers answer_ms.p50) / $(ms daybook.answers answer_ms.p99) | $(ms node.answers answer_ms.p50) / $(ms node.answers answer_ms.p99) | - |"
echo "| the same: spread of a broadcast, p50 / p99 ms | $(spread daybook.answers) | $(spread node.answers) | - |"
for name in rooms connections; do
  what="leave and join the quiz again"
  [[ $name == rooms ]] || what="the same by a new connection each time"
  echo "| $t sockets, $what, a second | $(number "daybook.$name" churned_per_second) | $(number "node.$name" churned_per_second) | 1,000 |"
  echo "| $what: p50 / p99 ms, server CPU s in $seconds s | $(ms "daybook.$name" churn_ms.p50) / $(ms "daybook.$name" churn_ms.p99), $(calc "$(of "daybook.$name" server.cpu_seconds)") | $(ms "node.$name" churn_ms.p50) / $(ms "node.$name" churn_ms.p99), $(calc "$(of "node.$name" server.cpu_seconds)") | - |"
done
echo
