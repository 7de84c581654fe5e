# The targets of bench/projectors.sh and the [[projector]] table that leads to each. Sourced after lib.sh.
# As cheap as they come, so that the figures are the sinks'.

fake_sheets="${FAKE_SHEETS:-$root/build/release/tests/project/sinks/google_sheets/fake_sheets_server}"

start_sheets() { # sets sheets_url
  [[ -x $fake_sheets ]] || die "$fake_sheets is missing: make test"
  mkfifo "$work/sheets.in"
  "$fake_sheets" "$work/sheets.key" <"$work/sheets.in" >"$work/sheets.out" 2>&1 &
  servers[sheets]=$!
  exec 9>"$work/sheets.in"
  wait_for 10 grep -qs '^ready' "$work/sheets.out" || die "the fake Sheets did not start: $(cat "$work/sheets.out")"
  sheets_url="$(sed -n 's/^ready //p' "$work/sheets.out")"
}

start_mail() { # sets mail_port
  mail_port="$(free_port)"
  /usr/bin/python3 - "$mail_port" >"$work/mail.out" 2>&1 <<'PYTHON' &
import asyncio, sys
from aiosmtpd.smtp import SMTP

class Taker:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"

async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Taker(), enable_SMTPUTF8=False), "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()

asyncio.run(main())
PYTHON
  servers[mail]=$!
  wait_for 10 answers "$mail_port" || die "the SMTP server did not start (apt-get install python3-aiosmtpd): $(cat "$work/mail.out")"
}

# A sink's own lines of its table.
sink_options() { # SINK
  case "$1" in
    csv | jsonl) echo "path = \"$work/files-$1\"" ;;
    rollup) ;;
    moderation) echo "word_files = [\"en:$root/config/words/en.txt\"]" ;;
    webhook)
      echo "whsec_$(head -c 32 /dev/zero | base64)" >"$work/secret"
      echo "url = \"$nginx_url/\""
      echo "secret_file = \"$work/secret\""
      echo "allow_private = true"
      ;;
    google_sheets)
      echo "spreadsheet_id = \"sheet-1\""
      echo "sheet = \"rows\""
      echo "key_file = \"$work/sheets.key\""
      echo "base_url = \"$sheets_url\""
      echo "writes_per_minute = 6000"
      echo "allow_private = true"
      ;;
    mail)
      echo "hello" >"$work/mail.txt"
      echo "server = \"smtp://127.0.0.1:$mail_port\""
      echo "tls = \"none\""
      echo "from = \"daybook@bench.example\""
      echo "to = [\"someone@bench.example\"]"
      echo "subject = \"{event.key}\""
      echo "body_file = \"$work/mail.txt\""
      ;;
  esac
}

projector_table() { # NAME SINK TOPIC [TYPE]
  printf '[[projector]]\nname = "%s"\ntopic = "%s"\nsink = "%s"\n' "$1" "$3" "$2"
  [[ -z ${4:-} ]] || echo "types = [\"$4\"]"
  sink_options "$2"
}

# A projector of the attendance topic whose target is unreachable.
away_table() { # NAME SINK
  projector_table "$1" "$2" attendance |
    sed -e 's|^url = .*|url = "http://127.0.0.1:9/"|' -e 's|^base_url = .*|base_url = "http://127.0.0.1:9"|' \
      -e 's|^server = .*|server = "smtp://127.0.0.1:9"|' -e 's|^sheet = .*|sheet = "'"$1"'"|'
}

# Six projectors whose target is unreachable.
six_away() {
  local i sink
  for i in 1 2; do for sink in webhook google_sheets mail; do away_table "$sink-$i" "$sink"; done; done
}

# Six projectors of the attendance topic: three that keep up, three whose target is unreachable.
six_projectors() {
  local sink
  for sink in csv jsonl rollup; do projector_table "six-$sink" "$sink" attendance; done
  for sink in webhook google_sheets mail; do away_table "six-$sink" "$sink"; done
}
