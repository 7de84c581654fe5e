#include "project/sinks/mail/message.h"
#include "project/sinks/mail/template.h"
#include "support/seed.h"

#include "base/base64.h"

#include <daybook/texts.h>

#include <catch2/catch.hpp>

#include <random>

namespace daybook::mail_sink {
namespace {

Message usual() {
  Message message;
  message.from = {"School office", "office@school.example"};
  message.to = {"ann@home.example"};
  message.subject = "We have it";
  message.body = "Dear Ann,\nthank you.\n";
  message.id = *parse_id("0190c9f1-5c7e-7abc-8def-0123456789ab");
  message.date = {1'774'785'600'000'000};
  return message;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (;;) {
    const auto end = text.find("\r\n");
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 2);
  }
}

// The names of the headers, from the bytes alone: lines before the empty one that are not folded.
std::vector<std::string> header_names(std::string_view mail) {
  std::vector<std::string> names;
  for (const std::string& line : lines_of(mail.substr(0, mail.find("\r\n\r\n"))))
    if (!line.starts_with(' ')) names.push_back(line.substr(0, line.find(':')));
  return names;
}

const std::vector<std::string> usual_headers{
    "Date",         "From",         "To",
    "Subject",      "Message-ID",   "Auto-Submitted",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding"};

// Every byte ASCII, no bare CR or LF, no line longer than 76.
void check_wire(std::string_view mail) {
  for (std::size_t i = 0; i < mail.size(); ++i) {
    const auto c = static_cast<unsigned char>(mail[i]);
    if (c == '\r') {
      CHECK((i + 1 < mail.size() && mail[i + 1] == '\n'));
    } else if (c == '\n') {
      CHECK((i > 0 && mail[i - 1] == '\r'));
    } else if ((c < ' ' && c != '\t') || c >= 0x7F) {
      FAIL("a raw byte " << static_cast<int>(c) << " at " << i);
    }
  }
  for (const std::string& line : lines_of(mail)) CHECK(line.size() <= 76);
}

// Encoded-words back to text (RFC 2047: blanks between two are none).
std::string decoded(std::string_view value) {
  std::string out;
  for (std::string line : lines_of(value)) {
    if (line.starts_with(' ')) line.erase(0, 1);
    CHECK(line.size() <= 75);
    REQUIRE(line.starts_with("=?UTF-8?B?"));
    REQUIRE(line.ends_with("?="));
    const auto part = from_base64(std::string_view(line).substr(10, line.size() - 12));
    REQUIRE(part);
    // Each decodes alone: it neither begins nor ends inside a character.
    CHECK((static_cast<unsigned char>((*part)[0]) & 0xC0) != 0x80);
    out += *part;
  }
  return out;
}

std::string from_quoted_printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out += text[i];
    } else if (text.substr(i + 1).starts_with("\r\n")) {
      i += 2;
    } else {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a mail is these bytes") {
  CHECK(write_message(usual()) ==
        "Date: Sun, 29 Mar 2026 12:00:00 +0000\r\n"
        "From: \"School office\"\r\n <office@school.example>\r\n"
        "To: ann@home.example\r\n"
        "Subject: We have it\r\n"
        "Message-ID: <0190c9f1-5c7e-7abc-8def-0123456789ab@school.example>\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "\r\n"
        "Dear Ann,\r\nthank you.\r\n");
}

TEST_CASE("several recipients and a place for answers stand in the header") {
  Message message = usual();
  message.to = {"a@x.example", "b@y.example"};
  message.reply_to = Mailbox{"", "answers@school.example"};
  const std::string mail = write_message(message);
  CHECK(mail.find("\r\nTo: a@x.example,\r\n b@y.example\r\n") != std::string::npos);
  CHECK(mail.find("\r\nReply-To: answers@school.example\r\n") != std::string::npos);
}

TEST_CASE("no subject and no name makes a header") {
  using namespace std::string_literals;
  const std::string hostile = GENERATE(
      "x\r\nBcc: all@school.example"s, "x\nBcc: all@school.example"s, "x\rBcc: a@b.example"s,
      "x\r\n\r\nanother body"s, "\r\n.\r\nMAIL FROM:<a@b.example>"s, "nul \0 in it"s,
      "esc \x1b[2J del \x7f"s,
      "x\xC2\x85"
      "Bcc: next line"s,
      "x\xE2\x80\xA8"
      "Bcc: separator"s,
      "=?UTF-8?B?DQpCY2M6IGFAYi5leGFtcGxl?="s, "\" <boss@school.example>, \""s, "back\\slash\\"s,
      "tab\tBcc: x"s, "   "s, std::string(5000, 'x'), std::string(500, '\n'));
  Message message = usual();
  message.subject = hostile;
  message.from.name = hostile;
  message.body = hostile;
  const std::string mail = write_message(message);
  check_wire(mail);
  CHECK(header_names(mail) == usual_headers);
  // A quote in the name does not end it: the sender is one address still.
  const auto from = mail.find("\r\nFrom: "), to = mail.find("\r\nTo: ");
  REQUIRE((from != std::string::npos && to > from));
  CHECK(mail.substr(from, to - from).find("<boss@") == std::string::npos);
  CHECK(mail.substr(0, to).ends_with("\r\n <office@school.example>"));
  // What looks like an encoded-word is shown as it is written, not decoded.
  CHECK(mail.substr(0, mail.find("\r\n\r\n")).find("DQpCY2M6") == std::string::npos);
}

TEST_CASE("a subject is plain where it can be and encoded where it must") {
  constexpr std::size_t after = 9;
  CHECK(header_text("We have it", after) == "We have it");
  CHECK(header_text("two\r\n  lines\tand", after) == "two lines and");
  CHECK(header_text("two\r\n lines", after) == "two lines");
  CHECK(header_text("", after).empty());
  CHECK(header_text(" \r\n ", after).empty());
  CHECK(header_text(std::string(67, 'x'), after) == std::string(67, 'x'));
  const std::string long_word(68, 'x');
  CHECK(decoded(header_text(long_word, after)) == long_word);
  const std::string name = "Zoë Åström 王小明 🎓";
  CHECK(header_text(name, after) == "=?UTF-8?B?" + base64(name) + "?=");
  std::string many;
  while (many.size() < 390) many += "王";
  CHECK(decoded(header_text(many, after)) == many);
  // Too long is cut between two characters.
  while (many.size() < 1000) many += "王";
  CHECK(decoded(header_text(many, after)) == many.substr(0, 399));
}

TEST_CASE("a display name is quoted or encoded") {
  CHECK(display_name("School, office (main)", 6) == "\"School, office (main)\"");
  CHECK(decoded(display_name("a \"quoted\" one", 6)) == "a \"quoted\" one");
  CHECK(decoded(display_name("Schüler", 6)) == "Schüler");
  CHECK(decoded(display_name(std::string(100, 'n'), 6)) == std::string(100, 'n'));
}

TEST_CASE("a body is quoted-printable") {
  struct Row {
    std::string text, out;
  };
  const Row row = GENERATE(
      Row{"", ""}, Row{"plain", "plain\r\n"}, Row{"a\nb\r\nc\rd", "a\r\nb\r\nc\r\nd\r\n"},
      Row{"1 = 1", "1 =3D 1\r\n"}, Row{"end \nx", "end=20\r\nx\r\n"}, Row{"tab\t", "tab=09\r\n"},
      Row{"Zoë", "Zo=C3=AB\r\n"}, Row{".\n..\n.x", ".\r\n..\r\n.x\r\n"}, Row{"\x1b[2J", " [2J\r\n"},
      Row{"a\x1b"
          "b",
          "a b\r\n"},
      Row{"\n\n", "\r\n\r\n"}, Row{std::string(76, 'x'), std::string(76, 'x') + "\r\n"},
      Row{std::string(77, 'x'), std::string(75, 'x') + "=\r\nxx\r\n"});
  CHECK(quoted_printable(row.text) == row.out);
}

TEST_CASE("any text comes back from a body, and a subject, as it was") {
  std::mt19937_64 random(test::test_seed());
  const std::vector<std::string> parts{"a", " ", "=", ".", "\n", "é", "王", "🎓", "?=", "=?", "x y"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (auto left = random() % 120; left > 0; --left) text += parts[random() % parts.size()];
    const std::string encoded = quoted_printable(text);
    check_wire(encoded);
    std::string expected;
    for (const char c : text) expected += c == '\n' ? "\r\n" : std::string(1, c);
    if (!text.empty() && !text.ends_with('\n')) expected += "\r\n";
    REQUIRE(from_quoted_printable(encoded) == expected);
    const std::string subject = header_text(text, 9);
    check_wire("Subject: " + subject);
  }
}

TEST_CASE("a date is written as mail has it") {
  CHECK(date_text({0}) == "Thu, 01 Jan 1970 00:00:00 +0000");
  CHECK(date_text({1'772'323'199'999'999}) == "Sat, 28 Feb 2026 23:59:59 +0000");
}

TEST_CASE("addresses are taken by a small grammar") {
  const std::string good =
      GENERATE(as<std::string>(), "a@b.example", "ann.lee+form@home.example", "o'neil@x.y.example",
               "1@1.example", "A_B-c@EXAMPLE.org", "x@xn--mnchen-3ya.example",
               std::string(64, 'l') + "@home.example");
  CHECK(is_address(good));
  CHECK(domain_of(good) == good.substr(good.find('@') + 1));
}

TEST_CASE("what could be more than an address is not one") {
  using namespace std::string_literals;
  const std::string bad = GENERATE(
      ""s, "@"s, "a"s, "a@"s, "@b.example"s, "a@b"s, "a@localhost"s, "a@@b.example"s,
      "a@b@c.example"s, "a b@c.example"s, "a@b .example"s, "a@b.example "s, ".a@b.example"s,
      "a.@b.example"s, "a..b@c.example"s, "a@.example"s, "a@b..example"s, "a@b.example."s,
      "a@-b.example"s, "a@b-.example"s, "a@1.2.3.4"s, "a@[1.2.3.4]"s, "\"a\"@b.example"s,
      "a@b.example,c@d.example"s, "<a@b.example>"s, "a@b.example>\r\nRCPT TO:<c@d.example"s,
      "a@b.example\r\nBcc: x@y.example"s, "a@b.example\n"s, "a\0@b.example"s, "a@b.exa\0mple"s,
      "zoë@b.example"s, "a@münchen.example"s, "a(x)@b.example"s, "a@b_c.example"s, "a:b@c.example"s,
      "a;b@c.example"s, "a\\@b.example"s, std::string(65, 'l') + "@b.example",
      "a@" + std::string(64, 'd') + ".example",
      "a@" + std::string(60, 'd') + "." + std::string(60, 'd') + "." + std::string(60, 'd') + "." +
          std::string(60, 'd') + ".example1234");
  CHECK_FALSE(is_address(bad));
}

TEST_CASE("a mailbox is an address with or without a name") {
  CHECK(parse_mailbox("a@b.example")->address == "a@b.example");
  CHECK(parse_mailbox("a@b.example")->name.empty());
  CHECK(parse_mailbox("School office <a@b.example>")->name == "School office");
  CHECK(parse_mailbox("\"Office, main\" <a@b.example>")->name == "Office, main");
  CHECK(parse_mailbox("Schüler <a@b.example>")->address == "a@b.example");
  CHECK_FALSE(parse_mailbox("Office <a@b>").ok());
  CHECK_FALSE(parse_mailbox("Office a@b.example>").ok());
  CHECK_FALSE(parse_mailbox("x\nBcc: y <a@b.example>").ok());
  CHECK_FALSE(parse_mailbox("").ok());
}

TEST_CASE("a template takes the row's members and the event's own") {
  PublicEvent event;
  event.key = "student-data-form";
  event.event_id = *parse_id("0190c9f1-5c7e-7abc-8def-0123456789ab");
  event.server_time = {1'774'785'600'000'000};
  json::Parser parser;
  const auto row = parser.parse(
      R"({"name":"Ann {x}","age":12,"mark":1.5,"yes":true,"none":null,"list":["a",1,["b"]],)"
      R"("deep":{"k":"v"},"event.id":"forged","two words":"2"})",
      false);
  REQUIRE(row.ok());
  const Fields fields(event, *row);
  const auto expand = [&](std::string_view text) {
    const auto made = Template::parse(text);
    REQUIRE(made.ok());
    return made->expand(fields, 1000);
  };
  CHECK(expand("Dear {name}, {age}, {mark}, {yes}.") == "Dear Ann {x}, 12, 1.5, true.");
  CHECK(expand("[{none}][{unknown}]") == "[][]");
  CHECK(expand("{list} {deep} {two words}") == R"(a, 1, ["b"] {"k":"v"} 2)");
  CHECK(expand("{event.id} {event.key} {event.time}") ==
        "0190c9f1-5c7e-7abc-8def-0123456789ab student-data-form 2026-03-29T12:00:00.000Z");
  CHECK(expand("{{name} } {{{{ {{{name}") == "{name} } {{ {Ann {x}");
  CHECK(expand("").empty());
}

TEST_CASE("a template that cannot be meant says where") {
  const auto error = [](std::string_view text) {
    const auto made = Template::parse(text);
    REQUIRE_FALSE(made.ok());
    return made.error().message;
  };
  CHECK(error("a\nb {name\n}").starts_with("line 2: a brace is not closed"));
  CHECK(error("{name").starts_with("line 1: a brace is not closed"));
  CHECK(error("{}").starts_with("line 1: a name between braces"));
  CHECK(error("{" + std::string(201, 'n') + "}").starts_with("line 1: a name between braces"));
  CHECK(error("{a{b}").starts_with("line 1: a brace is not closed"));
  CHECK(error("\xFF") == "is not UTF-8");
  CHECK(error(std::string(65'537, 'x')) == "is longer than 65536 bytes");
}

TEST_CASE("a template stops when it is too long") {
  PublicEvent event;
  json::Parser parser;
  const auto row = parser.parse(R"({"x":")" + std::string(1000, 'x') + "\"}", false);
  std::string text;
  for (int i = 0; i < 400; ++i) text += "{x}";
  const std::string out = Template::parse(text)->expand(Fields(event, *row), 5000);
  CHECK(out.size() > 5000);
  CHECK(out.size() <= 6000);
}

}  // namespace daybook::mail_sink
