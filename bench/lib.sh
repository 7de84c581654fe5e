# Shared by the scripts of this folder: source it after `set -euo pipefail`.
# Every server runs on a free loopback port in $work, and none outlives the script.

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$here")"
work="$(mktemp -d "${TMPDIR:-/tmp}/daybook-bench.XXXXXX")"
declare -A servers=() # name -> process id

say() { printf '%s\n' "$*" >&2; }
die() {
  say "$(basename "$0"): $*"
  exit 1
}

stop_server() { # NAME
  local pid="${servers[$1]:-}"
  [[ -n $pid ]] || return 0
  unset "servers[$1]"
  kill -TERM "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}

stop_all() {
  local name
  for name in "${!servers[@]}"; do stop_server "$name"; done
  rm -rf "$work"
}
trap stop_all EXIT
trap 'exit 130' INT TERM

need() { # COMMAND DEBIAN_PACKAGE
  PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null || die "$1 is missing: apt-get install $2"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; } # PORT

free_port() {
  local port
  for _ in $(seq 100); do
    port=$((20000 + RANDOM % 12000)) # below the ports the kernel gives to clients
    answers "$port" || {
      echo "$port"
      return
    }
  done
  die "no free port"
}

wait_for() { # SECONDS COMMAND... : until the command succeeds
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
}

ready_or_ended() { # NAME
  grep -qs '^ready' "$work/$1.out" || ! kill -0 "${servers[$1]}" 2>/dev/null
}

start_daybook() { # NAME [serve's flags...]: sets daybook_url, daybook_key, daybook_data
  local name="$1"
  shift
  daybook_data="$work/$name"
  rm -f "$work/$name.out" # of an earlier start under this name
  DAYBOOK_LOGGING_LEVEL=warn "$daybook" serve --listen 127.0.0.1:0 --data "$daybook_data" "$@" \
    >"$work/$name.out" 2>"$work/$name.err" &
  servers[$name]=$!
  wait_for 120 ready_or_ended "$name"
  grep -q '^ready' "$work/$name.out" || die "daybook did not start: $(cat "$work/$name.err")"
  daybook_url="$(sed -n 's/^listening on //p' "$work/$name.out" | head -1)"
  daybook_key="$(sed -n 's/^admin key: //p' "$work/$name.out")"
}

# A metric, summed over its labels; or of one label set, written as /metrics writes it.
metric() { # NAME[{label="value"}]
  curl -fsS "$daybook_url/metrics" | awk -v name="$1" '
    index($1, name) == 1 && substr($1, length(name) + 1, 1) ~ /^[{]?$/ { t += $2 } END { printf "%.0f\n", t }'
}

put() { # PATH JSON: a definition, with the admin key
  curl -sS --fail-with-body -o "$work/put.out" -X PUT -H "Authorization: Bearer $daybook_key" \
    -H 'Content-Type: application/json' -d "$2" "$daybook_url$1" || die "PUT $1: $(cat "$work/put.out" 2>/dev/null)"
}

start_nginx() { # sets nginx_url
  local port
  port="$(free_port)"
  mkdir -p "$work/nginx"
  cat >"$work/nginx.conf" <<CONF
daemon off;
pid $work/nginx/pid;
error_log $work/nginx/error.log warn;
worker_processes auto;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_max_body_size 16m;
  client_body_temp_path $work/nginx/body;
  proxy_temp_path $work/nginx/proxy;
  fastcgi_temp_path $work/nginx/fastcgi;
  uwsgi_temp_path $work/nginx/uwsgi;
  scgi_temp_path $work/nginx/scgi;
  server {
    listen 127.0.0.1:$port reuseport;
    default_type application/json;
    location / { return 200 '{}'; }
  }
}
CONF
  PATH="$PATH:/usr/sbin" nginx -e "$work/nginx/error.log" -c "$work/nginx.conf" 2>"$work/nginx.err" &
  servers[nginx]=$!
  wait_for 10 answers "$port" || die "nginx did not start: $(cat "$work/nginx.err")"
  nginx_url="http://127.0.0.1:$port"
}

start_redis() { # [redis-server's options...]: sets redis_port
  redis_port="$(free_port)"
  mkdir -p "$work/redis"
  redis-server --bind 127.0.0.1 --port "$redis_port" --dir "$work/redis" --save '' --daemonize no \
    --loglevel warning "$@" >"$work/redis.out" 2>&1 &
  servers[redis]=$!
  wait_for 10 answers "$redis_port" || die "redis did not start: $(cat "$work/redis.out")"
}

# CPU seconds of a server and its children so far.
cpu_seconds() { # NAME
  local pid="${servers[$1]}" pids
  pids="$pid $(cat "/proc/$pid/task/$pid/children" 2>/dev/null || true)"
  for pid in $pids; do sed 's/.*) //' "/proc/$pid/stat"; done |
    awk -v hz="$(getconf CLK_TCK)" '{ t += $12 + $13 } END { printf "%.2f\n", t / hz }'
}

json_number() { sed -n "s/.*\"$1\":\([-0-9.e+]*\).*/\1/p" "$2"; }             # FIELD FILE: a field of one name
calc() { awk "BEGIN { printf \"${2:-%.2f}\\n\", ($1) }"; } # EXPRESSION [FORMAT]
median() { sort -g | awk '{ a[NR] = $1 } END { print (NR % 2) ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'; }
thousands() { printf '%.0f' "$1" | sed -E ':a; s/^([0-9]+)([0-9]{3})/\1,\2/; ta'; }

commit_text() {
  local commit
  commit="$(git -C "$root" rev-parse --short=12 HEAD 2>/dev/null || echo unknown)"
  [[ -z "$(git -C "$root" status --porcelain 2>/dev/null | head -1)" ]] || commit+=" with changes"
  echo "$commit"
}

machine_text() {
  local cpu memory
  cpu="$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
  memory="$(awk '/^MemTotal/ { printf "%.1f GiB", $2 / 1048576 }' /proc/meminfo)"
  echo "- machine: ${cpu:-$(uname -m)}, $(nproc) cores, $memory, Linux $(uname -r), $(df --output=fstype "$work" | tail -1) under \`$(dirname "$work")\`"
  echo "- commit $(commit_text), $(date -u +%Y-%m-%dT%H:%MZ), load average before: $(cut -d' ' -f1-3 /proc/loadavg)"
}
