// Random packets there and back, and random crowds against a model of what must hold.
#include "fakes.h"

#include "base/random.h"
#include "socketio/engine_packet.h"
#include "socketio/packet.h"
#include "support/seed.h"

#include <catch2/catch.hpp>

namespace daybook::test {
namespace {

using namespace socketio;

std::string random_bytes(Rng& random, std::size_t bytes_max) {
  std::string bytes(random.below(bytes_max + 1), '\0');
  for (char& c : bytes) c = static_cast<char>(random.next());
  return bytes;
}

std::string random_text(Rng& random) {
  static const std::vector<std::string> parts{"a", "é", "\"", "\\", "\n", "[", "]",
                                              ",", "😀", "1",  " ",  "/",  "-"};
  std::string text;
  for (std::uint64_t n = random.below(8); n > 0; --n) text += parts[random.below(parts.size())];
  return text;
}

TEST_CASE("payloads read back as they were written") {
  Rng random(test_seed());
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::pair<live::Kind, std::string>> packets;
    std::string payload;
    for (std::uint64_t n = 1 + random.below(6); n > 0; --n) {
      const bool binary = random.below(2) == 0;
      packets.emplace_back(binary ? live::Kind::binary : live::Kind::text,
                           binary ? random_bytes(random, 20) : "4" + random_text(random));
      append_to_payload(payload, packets.back().first, packets.back().second);
    }
    PayloadReader reader(payload);
    for (const auto& [kind, text] : packets) {
      REQUIRE_FALSE(reader.done());
      const auto packet = reader.next();
      REQUIRE(packet.has_value());
      REQUIRE(packet->kind == kind);
      REQUIRE(packet->data == (kind == live::Kind::binary ? text : text.substr(1)));
    }
    REQUIRE(reader.done());
  }
}

TEST_CASE("packets read back as they were written; an event comes apart as it was put together") {
  Rng random(test_seed() + 1);
  json::Parser parser;
  for (int round = 0; round < 5000; ++round) {
    const std::string name = "e" + random_text(random);
    std::string args;
    const std::size_t attachments = random.below(4);
    std::vector<std::string> values{"1", "null", R"({"a":[true,"x,]"]})", R"("te\"xt")"};
    for (std::size_t i = 0; i < attachments; ++i)
      values.push_back(R"({"_placeholder":true,"num":)" + std::to_string(i) + "}");
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i < 4 && random.below(2) == 0) continue;
      args += (args.empty() ? "" : ",") + values[i];
    }
    std::string array;
    append_event_array(array, name, args);
    Packet packet{attachments == 0 ? PacketType::event : PacketType::binary_event, attachments, "/",
                  std::nullopt, array};
    const std::string space = "/s" + std::to_string(random.below(100));
    if (random.below(2) == 0) packet.name = space;
    if (random.below(2) == 0) packet.ack = random.below(ack_number_max + 1);
    std::string text;
    append_packet(text, packet);
    CAPTURE(text);
    const auto back = decode_packet(text, 3);
    REQUIRE(back.ok());
    REQUIRE(back->name == packet.name);
    REQUIRE(back->ack == packet.ack);
    REQUIRE(back->attachments == attachments);
    const auto payload = parse_payload(*back, parser, false);
    REQUIRE(payload.ok());
    std::string unescaped;
    const EventParts parts = split_event(back->json, *payload, unescaped);
    REQUIRE(parts.name == name);
    REQUIRE(parts.args == args);
  }
}

// One client that sends numbered messages and wants each of them back once, in order, whatever it
// does to its transport.
class Client {
 public:
  Client(World& world, Rng& random) : world_(world), random_(random) {
    if (random.below(2) == 0) {
      sid_ = world.handshake();
      world.post(sid_, "40");
    } else {
      socket_ = world.open();
      socket_->text("40");
      upgraded_ = true;
    }
  }

  void act() {
    switch (random_.below(5)) {
      case 0:
      case 1:
        return say(1 + random_.below(3));
      case 2:
        return poll();
      case 3:
        return upgrade();
      default:
        return listen();
    }
  }
  void finish() {
    listen();
    poll();
    listen();
    CHECK(heard_ == said_);
  }

 private:
  std::string next() { return R"(42["message",)" + std::to_string(++said_) + "]"; }
  void say(std::uint64_t count) {
    std::string payload;
    for (; count > 0; --count) {
      const std::string packet = next();
      if (upgraded_)
        socket_->text(packet);
      else
        append_to_payload(payload, live::Kind::text, packet);
    }
    if (!upgraded_) REQUIRE(world_.post(sid_, payload)->status == 200);
  }
  void poll() {
    if (upgraded_ || (poll_ && poll_->status == 0)) return;
    take(poll_);
    poll_ = world_.get(sid_);
  }
  void upgrade() {
    if (upgraded_) return;
    if (!socket_) {
      socket_ = world_.open(sid_);
      probed_ = false;
    } else if (!probed_) {
      socket_->text("2probe");
      probed_ = true;
    } else if (random_.below(3) == 0) {
      socket_->break_off();
      socket_ = nullptr;
    } else if (!poll_ || poll_->status != 0) {
      take(poll_);  // a client ends its polls before it upgrades
      socket_->text("5");
      upgraded_ = true;
    }
  }
  void listen() {
    if (poll_ && poll_->status != 0) take(poll_);
    if (!socket_) return;
    for (const std::string& message : socket_->take()) {
      if (message == "2") socket_->text("3");
      hear(message);
    }
  }
  void take(ReplyPtr& reply) {
    if (!reply) return;
    REQUIRE(reply->status == 200);
    REQUIRE(reply->answers == 1);
    const ReplyPtr taken = std::exchange(reply, nullptr);
    PayloadReader reader(taken->body);
    while (!reader.done()) {
      const auto packet = reader.next();
      REQUIRE(packet.has_value());
      if (packet->type == EngineType::ping) world_.post(sid_, "3");
      if (packet->type == EngineType::message) hear("4" + std::string(packet->data));
    }
  }
  void hear(const std::string& message) {
    if (!message.starts_with(R"(42["message-back",)")) return;
    ++heard_;
    REQUIRE(message == R"(42["message-back",)" + std::to_string(heard_) + "]");
  }

  World& world_;
  Rng& random_;
  std::string sid_;
  std::unique_ptr<FakeSocket> socket_;
  ReplyPtr poll_;
  bool probed_ = false, upgraded_ = false;
  int said_ = 0, heard_ = 0;
};

TEST_CASE("nothing is lost, doubled or reordered while clients poll and upgrade as they please") {
  Rng random(test_seed() + 2);
  for (int round = 0; round < 200; ++round) {
    Notes notes;
    World world;
    world.server = Server::make({}, 0, 42);
    world.server->add("/", notes, 0, 1);
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 5; ++i) clients.push_back(std::make_unique<Client>(world, random));
    for (int step = 0; step < 200; ++step) {
      clients[random.below(clients.size())]->act();
      if (random.below(10) == 0) world.pass(100);
    }
    for (const auto& client : clients) client->finish();
    world.server.reset();
  }
}

}  // namespace
}  // namespace daybook::test
