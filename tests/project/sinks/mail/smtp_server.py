"""A real SMTP server (aiosmtpd) for the mail sink's test: STARTTLS or TLS from the first byte, AUTH.

Prints "ready PORT", then a line of JSON for every mail, as the email package of Python reads it.
Arguments: starttls | tls | plain, certificate file, key file. The one user is "post", "open sesame".
Recipients: nobody@ is refused for good, later@ for now.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

connections = 0


class Counted(SMTP):
    def connection_made(self, transport):
        global connections
        if self.session is None:  # not again after STARTTLS
            connections += 1
        super().connection_made(transport)


class Mailbox:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 <" + address + "> unknown here"
        if address.startswith("later@"):
            return "451 4.7.1 <" + address + "> greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        longest = max(len(line) for line in envelope.original_content.split(b"\r\n"))
        print(json.dumps({
            "connection": connections,
            "tls": session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None,
            "user": session.auth_data.decode() if session.authenticated else "",
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "headers": [[name, str(value)] for name, value in mail.items()],
            "body": mail.get_content().replace("\r\n", "\n"),
            "longest_line": longest,
            "defects": [str(d) for d in mail.defects]
                       + [str(d) for value in mail.values() for d in getattr(value, "defects", [])],
        }), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"post", b"open sesame")
    return AuthResult(success=good, handled=good, auth_data=data.login if good else None)


async def main():
    mode, certificate, key = sys.argv[1:4]
    context = None
    if mode != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
    options = {"hostname": "mail.test"}
    if mode != "plain":
        options.update(authenticator=authenticate, auth_required=True)
    if mode == "starttls":
        options.update(tls_context=context, require_starttls=True)
    if mode == "tls":
        options.update(auth_require_tls=False)  # it does not see the TLS around it
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Counted(Mailbox(), loop=loop, **options), "127.0.0.1", 0,
                                      ssl=context if mode == "tls" else None)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
