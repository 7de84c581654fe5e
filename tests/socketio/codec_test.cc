// The two codecs, every example of the protocols' documents, and what is refused.
#include "socketio/engine_packet.h"
#include "socketio/packet.h"
#include "socketio/poll_queue.h"
#include "socketio/server.h"
#include "socketio/session_id.h"

#include <catch2/catch.hpp>

#include <set>

namespace daybook::socketio {
namespace {

using live::Kind;

struct Seen {
  Kind kind = Kind::text;
  EngineType type = EngineType::message;
  std::string data;
  bool operator==(const Seen&) const = default;
};

std::optional<std::vector<Seen>> read_payload(std::string_view payload) {
  std::vector<Seen> seen;
  PayloadReader reader(payload);
  while (!reader.done()) {
    const auto packet = reader.next();
    if (!packet) return std::nullopt;
    seen.push_back({packet->kind, packet->type, std::string(packet->data)});
  }
  return seen;
}

TEST_CASE("Engine.IO's payloads: the document's examples") {
  CHECK(read_payload("4hello\x1e"
                     "2\x1e"
                     "4world") == std::vector<Seen>{{Kind::text, EngineType::message, "hello"},
                                                    {Kind::text, EngineType::ping, ""},
                                                    {Kind::text, EngineType::message, "world"}});
  CHECK(read_payload("4hello\x1e"
                     "bAQIDBA==") ==
        std::vector<Seen>{{Kind::text, EngineType::message, "hello"},
                          {Kind::binary, EngineType::message, "\x01\x02\x03\x04"}});
  std::string payload;
  append_to_payload(payload, Kind::text, "4hello");
  append_to_payload(payload, Kind::binary, "\x01\x02\x03\x04");
  CHECK(payload ==
        "4hello\x1e"
        "bAQIDBA==");
}

TEST_CASE("Engine.IO's payloads: what is none") {
  for (const std::string_view bad :
       std::initializer_list<std::string_view>{"", "abc", "7", "4a\x1e",
                                               "\x1e"
                                               "4a",
                                               "4a\x1e\x1e"
                                               "4b",
                                               "bAQI", "b!",
                                               "4a\x1e"
                                               "b====",
                                               "/", ":"})
    CHECK_FALSE(read_payload(bad).has_value());
}

TEST_CASE("Engine.IO's packets over a WebSocket") {
  CHECK(decode_engine_packet(Kind::text, "4hello")->data == "hello");
  CHECK(decode_engine_packet(Kind::text, "2probe")->type == EngineType::ping);
  CHECK(decode_engine_packet(Kind::binary, "")->kind == Kind::binary);
  CHECK_FALSE(decode_engine_packet(Kind::text, "").has_value());
  CHECK_FALSE(decode_engine_packet(Kind::text, "bAQIDBA==").has_value());
}

// The document's examples and, as a row, what the form allows besides.
struct Row {
  std::string_view text;
  PacketType type;
  std::size_t attachments;
  std::string_view name;
  std::optional<std::uint64_t> ack;
  std::string_view json;
};
const std::vector<Row> rows{
    {"0", PacketType::connect, 0, "/", {}, ""},
    {R"(0{"token":"123"})", PacketType::connect, 0, "/", {}, R"({"token":"123"})"},
    {R"(0/admin,{"sid":"oSO0OpakMV_3jnilAAAA"})",
     PacketType::connect,
     0,
     "/admin",
     {},
     R"({"sid":"oSO0OpakMV_3jnilAAAA"})"},
    {R"(2["foo"])", PacketType::event, 0, "/", {}, R"(["foo"])"},
    {R"(2/admin,["bar"])", PacketType::event, 0, "/admin", {}, R"(["bar"])"},
    {R"(51-["baz",{"_placeholder":true,"num":0}])",
     PacketType::binary_event,
     1,
     "/",
     {},
     R"(["baz",{"_placeholder":true,"num":0}])"},
    {R"(52-/admin,["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])",
     PacketType::binary_event,
     2,
     "/admin",
     {},
     R"(["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])"},
    {R"(212["foo"])", PacketType::event, 0, "/", 12, R"(["foo"])"},
    {R"(3/admin,13["bar"])", PacketType::ack, 0, "/admin", 13, R"(["bar"])"},
    {R"(61-15["bar",{"_placeholder":true,"num":0}])", PacketType::binary_ack, 1, "/", 15,
     R"(["bar",{"_placeholder":true,"num":0}])"},
    {"1", PacketType::disconnect, 0, "/", {}, ""},
    {"1/admin,", PacketType::disconnect, 0, "/admin", {}, ""},
    {R"(2/admin,1["tellme"])", PacketType::event, 0, "/admin", 1, R"(["tellme"])"},
    {R"(461-/admin,1[{"_placeholder":true,"num":0}])", PacketType::binary_ack, 1, "/admin", 1,
     R"([{"_placeholder":true,"num":0}])"},
    {R"(30[])", PacketType::ack, 0, "/", 0, "[]"},
    {R"(29007199254740991["a"])", PacketType::event, 0, "/", ack_number_max, R"(["a"])"},
    {R"(50-["a"])", PacketType::binary_event, 0, "/", {}, R"(["a"])"},
};

TEST_CASE("Socket.IO's packets: the document's examples, both ways") {
  for (Row row : rows) {
    if (row.text.starts_with("46")) row.text.remove_prefix(1);  // shown with Engine.IO's type
    CAPTURE(row.text);
    const auto packet = decode_packet(row.text, 2);
    REQUIRE(packet.ok());
    CHECK(packet->type == row.type);
    CHECK(packet->attachments == row.attachments);
    CHECK(packet->name == row.name);
    CHECK(packet->ack == row.ack);
    CHECK(packet->json == row.json);
    json::Parser parser;
    CHECK(parse_payload(*packet, parser, false).ok());
    std::string back;
    append_packet(back, *packet);
    CHECK(back == row.text);
  }
}

TEST_CASE("Socket.IO's packets: what only a server says is written as the document has it") {
  std::string out;
  append_packet(out, {PacketType::connect_error, 0, "/", {}, R"({"message":"Not authorized"})"});
  CHECK(out == R"(4{"message":"Not authorized"})");
  CHECK_FALSE(decode_packet(out, 0).ok());
  out.clear();
  append_event_packet(out, "/", "leaderboard-updated", R"({"a":1})", true);
  append_event_packet(out, "/admin", "no \"args\"", "", false);
  CHECK(out == R"(42["leaderboard-updated",{"a":1}]2/admin,["no \"args\""])");
}

TEST_CASE("Socket.IO's packets: a form that is none is refused") {
  const std::string long_name = "0/" + std::string(namespace_bytes_max, 'n');
  for (const std::string_view bad :
       std::initializer_list<std::string_view>{"",
                                               "7",
                                               "abc",
                                               "/",
                                               "-",
                                               R"(4{"message":"no"})",
                                               "2",
                                               "2/admin",
                                               "2/admin,",
                                               "212",
                                               "3",
                                               R"(3["no number"])",
                                               "3/admin,[]",
                                               "012",
                                               R"(1["x"])",
                                               "15",
                                               "1{}",
                                               R"(5["x"])",
                                               R"(5-["x"])",
                                               R"(5a-["x"])",
                                               R"(51["x"])",
                                               R"(53-["x"])",
                                               R"(501-["x"])",
                                               R"(5-1-["x"])",
                                               R"(5 1-["x"])",
                                               R"(5+1-["x"])",
                                               R"(29007199254740992["x"])",
                                               R"(299999999999999999999["x"])",
                                               R"(2012["x"])",
                                               "2/a\x01,[\"x\"]",
                                               std::string_view(long_name)}) {
    CAPTURE(bad);
    CHECK_FALSE(decode_packet(bad, 2).ok());
  }
}

TEST_CASE("Socket.IO's packets: a payload that is none is refused") {
  json::Parser parser;
  for (const std::string_view bad : std::initializer_list<std::string_view>{
           "2{}",
           "2[]",
           R"(2"a")",
           "2[",
           R"(2["a"]])",
           R"(2["a"]x)",
           "2[null]",
           "2[{}]",
           "2[[\"a\"]]",
           R"(2["connect"])",
           R"(2["connect_error"])",
           R"(2["disconnect"])",
           R"(2["disconnecting"])",
           R"(2["newListener"])",
           R"(2["removeListener"])",
           R"(2["conn\u0065ct"])",
           "2[\"\x80\"]",
           "2abc[\"a\"]",
           "30{}",
           R"(30"x")",
           "0[]",
           "0null",
           R"(0"x")",
           R"(51-["a"])",
           R"(51-["a",{"_placeholder":true,"num":1}])",
           R"(51-["a",{"_placeholder":true,"num":-1}])",
           R"(51-["a",{"_placeholder":true,"num":0.5}])",
           R"(51-["a",{"_placeholder":true,"num":"0"}])",
           R"(51-["a",{"_placeholder":true}])",
           R"(51-["a",{"_placeholder":false,"num":0}])",
           R"(52-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}])",
           R"(50-["a",{"_placeholder":true,"num":0}])"}) {
    CAPTURE(bad);
    const auto packet = decode_packet(bad, 2);
    CHECK_FALSE((packet.ok() && parse_payload(*packet, parser, false).ok()));
  }
}

TEST_CASE("Socket.IO's packets: placeholders stand anywhere, once each") {
  json::Parser parser;
  const auto packet = decode_packet(
      R"(52-["a",{"x":[{"_placeholder":true,"num":1}]},[[{"num":0,"_placeholder":true}]]])", 2);
  REQUIRE(packet.ok());
  CHECK(parse_payload(*packet, parser, false).ok());
  // In a packet without binaries the same object is an object like others.
  const auto plain = decode_packet(R"(2["a",{"_placeholder":true,"num":7}])", 2);
  CHECK(parse_payload(*plain, parser, false).ok());
}

TEST_CASE("an event's name and arguments are cut out of its text") {
  struct Case {
    std::string_view text, name, args;
  };
  for (const auto& [text, name, args] :
       std::vector<Case>{{R"(["a"])", "a", ""},
                         {R"(["",1])", "", "1"},
                         {R"( [ "a b" , 1 , {"x": [2, 3]} ] )", "a b", R"(1 , {"x": [2, 3]})"},
                         {R"(["a,]\"\\",","])", R"(a,]"\)", R"(",")"},
                         {R"(["\u00e9t\u00e9"])", "été", ""},
                         {R"([12,"x"])", "12", R"("x")"},
                         {R"([1.50])", "1.50", ""},
                         {R"([-7 ,true])", "-7", "true"}}) {
    CAPTURE(text);
    json::Parser parser;
    Packet packet;
    packet.json = text;
    const auto array = parse_payload(packet, parser, false);
    REQUIRE(array.ok());
    std::string unescaped;
    const EventParts parts = split_event(text, *array, unescaped);
    CHECK(parts.name == name);
    CHECK(parts.args == args);
  }
}

TEST_CASE("a session's id names its thread, is hard to guess and never the same") {
  std::set<std::string> seen;
  for (const unsigned home : {0u, 1u, 63u, 4095u, 65'535u}) {
    IdMaker ids(home, 0);
    for (int i = 0; i < 200; ++i) {
      const SessionId id = ids.session();
      CHECK(home_of(id.text()) == home);
      CHECK(SessionId::parse(id.text()) == id);
      CHECK(id.text().size() == session_id_chars);
      CHECK(seen.insert(std::string(id.text().substr(3))).second);
      CHECK(seen.insert(std::string(ids.socket().data(), socket_id_chars)).second);
    }
  }
  CHECK_FALSE(home_of("").has_value());
  CHECK_FALSE(home_of("lv_VI97HAXpY6yYWAAAC").has_value());  // the reference's form
  CHECK_FALSE(home_of("AAAA+BBBCCCCDDDDEEEEFFFF").has_value());
}

live::MessagePtr state(std::string topic, std::uint64_t revision, std::string text) {
  return std::make_shared<const live::Message>(
      std::move(topic), revision, std::vector<std::string>{"packet " + text, "frame " + text},
      std::vector<std::string>{});
}

TEST_CASE("what waits for a poll: packets in order, the newest state of each topic") {
  PollQueue queue;
  CHECK(queue.empty());
  CHECK(queue.push(Kind::text, "2", 1000));
  queue.offer(state("quiz:1", 1, "one"), 0, 1);
  queue.offer(state("quiz:2", 1, "other"), 0, 1);
  CHECK(queue.push(Kind::binary, "\x01", 1000));
  queue.offer(state("quiz:1", 2, "two"), 0, 1);
  CHECK(queue.take_payload() ==
        "2\x1epacket two\x1epacket other\x1e"
        "bAQ==");
  CHECK(queue.empty());
  CHECK(queue.own_bytes() == 0);
}

TEST_CASE("what waits for a poll is bounded, but for one packet") {
  PollQueue queue;
  CHECK(queue.push(Kind::text, std::string(5000, 'x'), 1000));
  CHECK_FALSE(queue.push(Kind::text, "2", 1000));
  (void)queue.take_payload();
  std::size_t taken = 0;
  while (queue.push(Kind::text, "2", 1000)) ++taken;
  CHECK(taken == 1000 / (PollQueue::bytes_per_packet + 1));
  for (int i = 0; i < 100; ++i) queue.offer(state("quiz:1", 1, "s"), 0, 1);
  CHECK(queue.own_bytes() <= 1000);
}

}  // namespace
}  // namespace daybook::socketio
