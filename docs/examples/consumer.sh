#!/bin/sh
# Follows a topic with curl. Where it is stands in a file of its own, so it goes on after a restart.
#
#   KEY=<admin key> ./consumer.sh forms forms.cursor
set -eu
topic=$1
cursor_file=$2
server=${URL:-http://127.0.0.1:8080}
page=$(mktemp -d)
trap 'rm -rf "$page"' EXIT

while :; do
  cursor=$(cat "$cursor_file" 2>/dev/null || echo beginning)
  curl -sS --fail-with-body --max-time 90 -D "$page/header" -o "$page/events" \
    -H "Authorization: Bearer $KEY" -H 'Accept: application/x-ndjson' \
    "$server/topics/$topic/events?after=$cursor&wait=30"
  while read -r event; do
    printf '%s\n' "$event" # your work: one event, as JSON
  done <"$page/events"
  sed -n 's/^Daybook-Next: *\([0-9]*\).*/\1/p' "$page/header" >"$cursor_file.new"
  mv "$cursor_file.new" "$cursor_file"
done
