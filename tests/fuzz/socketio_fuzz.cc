// The first byte 'd': bytes → the two packet decoders, which read back what is written. Anything
// else: a whole server, driven by lines. A line is an order, the number of a client (one character)
// and a text; see Crowd::order. What is checked: every request is answered once, nobody is
// connected or disconnected twice, and nothing is left when the server is gone.
#include "socketio/engine_packet.h"
#include "socketio/packet.h"
#include "socketio/server.h"

#include <daybook/fields.h>

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace daybook;
using namespace daybook::socketio;

void decode(std::string_view bytes) {
  const std::string copy(bytes);  // its own allocation: reads beyond it are seen
  PayloadReader reader(copy);
  std::string payload;
  bool good = true;
  while (good && !reader.done()) {
    const auto packet = reader.next();
    good = packet.has_value();
    if (!good) break;
    std::string text(packet->data);
    if (packet->kind == live::Kind::text) text.insert(text.begin(), type_digit(packet->type));
    append_to_payload(payload, packet->kind, text);
  }
  if (good) DAYBOOK_CHECK(payload == copy);

  static json::Parser parser;
  const auto packet = decode_packet(copy, attachments_limit);
  if (!packet.ok()) return;
  const auto value = parse_payload(*packet, parser, false);
  if (!value.ok()) return;
  std::string written;
  append_packet(written, *packet);
  const auto again = decode_packet(written, attachments_limit);
  DAYBOOK_CHECK(again.ok() && again->json == packet->json && again->name == packet->name &&
                again->ack == packet->ack && again->attachments == packet->attachments);
  if (packet->type != PacketType::event && packet->type != PacketType::binary_event) return;
  std::string unescaped;
  const EventParts parts = split_event(packet->json, *value, unescaped);
  std::string array = "[0";
  if (!parts.args.empty()) array.append(",").append(parts.args);
  json::Parser other;
  DAYBOOK_CHECK(other.parse(array + "]", false).ok());
}

struct Reply final : HttpReply {
  int answers = 0;
  std::string body;
  void answer(int status, std::string_view, std::string body_in) override {
    DAYBOOK_CHECK(++answers == 1);
    DAYBOOK_CHECK(status == 200 || status == 400 || status == 413 || status == 503);
    body = std::move(body_in);
  }
};

struct Connection final : live::Connection {
  bool closed = false;
  std::unique_ptr<live::Peer> peer;
  void send(live::Kind, std::string_view) override { DAYBOOK_CHECK(!closed); }
  void offer(const live::MessagePtr&, std::size_t) override { DAYBOOK_CHECK(!closed); }
  void close(std::uint16_t, std::string_view) override {
    DAYBOOK_CHECK(!closed);
    closed = true;
  }
  [[nodiscard]] std::size_t unsent_bytes() const override { return 0; }
};

struct Talk final : Namespace {
  live::Hub& hub;
  Server*& server;
  std::set<std::uint64_t> here;
  Talk(live::Hub& hub_in, Server*& server_in) : hub(hub_in), server(server_in) {}
  Result<void> connecting(std::string_view auth) override {
    if (auth.find("no") != std::string_view::npos) return Error{Errc::forbidden, "no"};
    return {};
  }
  void connected(Socket& socket, std::string_view auth) override {
    DAYBOOK_CHECK(here.insert(socket.key()).second);
    (void)hub.join(socket.subscriber(), "all", 0);
    socket.emit("auth", auth.empty() ? "{}" : auth);
    if (auth.find("out") != std::string_view::npos) socket.disconnect(false);
  }
  void received(Socket& socket, const Event& event) override {
    DAYBOOK_CHECK(here.contains(socket.key()) && server->find(socket.key()) == &socket);
    if (event.ack) socket.acknowledge(*event.ack, event.args, event.attachments);
    if (event.name == "out") socket.disconnect(!event.args.empty());
    if (event.name == "others")  // as a host who kicks does
      while (!here.empty()) server->find(*here.begin())->disconnect(true);
    socket.emit("back", event.args, event.attachments);
  }
  void disconnected(Socket& socket, std::string_view) override {
    DAYBOOK_CHECK(here.erase(socket.key()) == 1);
    socket.emit("late", "");
    socket.disconnect(true);
  }
};

struct Client {
  std::string sid = "none";
  std::shared_ptr<Reply> poll;
  std::uint64_t key = 0;
  Connection sockets[2];
};

class Crowd {
 public:
  Crowd() {
    Options options;
    options.payload_bytes_max = 2000;
    options.unsent_bytes_max = 3000;
    options.incomplete_bytes_max = 3000;
    options.sessions_max = sessions_max;
    options.handshakes_max = 4;
    options.attachments_max = 4;
    owned_ = Server::make(options, 5, 7);
    server_ = owned_.get();
    server_->use(hub_);
    server_->add("/", main_, 0, 0);
    server_->add("/b", other_, 0, 0);
  }
  ~Crowd() {
    owned_.reset();
    DAYBOOK_CHECK(main_.here.empty() && other_.here.empty() && hub_.topics() == 0);
    for (Client& client : clients_) {
      if (client.poll != nullptr) DAYBOOK_CHECK(client.poll->answers == 1);
      for (Connection& connection : client.sockets) break_off(connection);
    }
  }

  void run(std::string_view lines) {
    while (!lines.empty()) {
      const std::size_t end = lines.find('\n');
      const std::string_view line = lines.substr(0, end);
      lines = end == std::string_view::npos ? std::string_view{} : lines.substr(end + 1);
      if (line.size() < 2) continue;
      order(line[0], clients_[static_cast<unsigned char>(line[1]) % clients_.size()],
            line.substr(2));
      const Server::Counts counts = server_->counts();
      DAYBOOK_CHECK(counts.sessions <= sessions_max && counts.handshakes <= counts.sessions &&
                    counts.websockets <= counts.sessions);
      DAYBOOK_CHECK(counts.sockets == main_.here.size() + other_.here.size());
    }
  }

 private:
  static constexpr std::size_t sessions_max = 6;

  void order(char what, Client& client, std::string_view text) {
    switch (what) {
      case 'h':  // a handshake over polls
        return handshake(client);
      case 'g':  // a poll
        return poll(client);
      case 'p':  // a POST
        return post(client, text);
      case 'x':  // a waiting poll's client goes
        if (client.poll != nullptr && client.poll->answers == 0) {
          server_->poll_gone(client.key);
          client.poll = nullptr;
        }
        return;
      case 'w':  // a WebSocket of its own
        return open(client, {});
      case 'u':  // one for the session it has
        return open(client, client.sid);
      case 't':  // a text over the first, over the second
      case 'T':
        return say(client.sockets[what == 'T' ? 1 : 0], live::Kind::text, text);
      case 'b':
      case 'B':
        return say(client.sockets[what == 'B' ? 1 : 0], live::Kind::binary, text);
      case 'k':
        return break_off(client.sockets[0]);
      case 'K':
        return break_off(client.sockets[1]);
      case 's':  // time goes by
        now_ms_ += static_cast<std::int64_t>(text.size()) * 1000;
        return server_->tick(now_ms_);
      case 'q':  // a request of any form
        return ask(text);
      case 'm':  // a broadcast
        hub_.publish(std::make_shared<const live::Message>(
            "all", ++revision_, std::vector<std::string>{std::string("42[\"m\"]")},
            std::vector<std::string>{}));
        while (hub_.run(3)) {
        }
        return;
      case 'c':
        return server_->close_all();
      default:
        return;
    }
  }

  void handshake(Client& client) {
    const auto reply = std::make_shared<Reply>();
    server_->request({Method::get, query("polling", {}), {}, {}}, reply, now_ms_);
    DAYBOOK_CHECK(reply->answers == 1);
    json::Parser parser;
    const auto body = parser.parse(std::string_view(reply->body).substr(1), false);
    if (reply->body.starts_with("0{")) client.sid = body->find("sid")->string();
  }
  void poll(Client& client) {
    const auto reply = std::make_shared<Reply>();
    const std::uint64_t key =
        server_->request({Method::get, query("polling", client.sid), {}, {}}, reply, now_ms_);
    DAYBOOK_CHECK((key != 0) == (reply->answers == 0));
    if (key == 0) return;
    client.poll = reply;
    client.key = key;
  }
  void post(Client& client, std::string_view body) {
    const auto reply = std::make_shared<Reply>();
    server_->request({Method::post, query("polling", client.sid), "text/plain", body}, reply,
                     now_ms_);
    DAYBOOK_CHECK(reply->answers == 1);
  }
  void open(Client& client, std::string_view sid) {
    Connection& connection = client.sockets[client.sockets[0].peer != nullptr ? 1 : 0];
    break_off(connection);
    connection.closed = false;
    Refused refused;
    connection.peer =
        server_->open({Method::get, query("websocket", sid), {}, {}}, connection, now_ms_, refused);
  }
  static void say(Connection& connection, live::Kind kind, std::string_view text) {
    if (!connection.peer || (kind == live::Kind::text && !json::is_valid_utf8(text))) return;
    std::string padded(text);
    padded.append(json::Parser::padding_bytes, '\0');
    connection.peer->received(kind, std::string_view(padded).substr(0, text.size()));
  }
  static void break_off(Connection& connection) {
    if (const auto peer = std::exchange(connection.peer, nullptr)) peer->gone("fuzz");
  }
  void ask(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> query;
    while (!text.empty()) {
      const std::size_t end = text.find('&'), equals = text.find('=');
      const std::string_view part = text.substr(0, end);
      query.emplace_back(part.substr(0, equals),
                         equals < part.size() ? part.substr(equals + 1) : std::string_view{});
      text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    const auto reply = std::make_shared<Reply>();
    const auto method = static_cast<Method>(query.size() % 8);
    server_->request({method, query, {}, {}}, reply, now_ms_);
    DAYBOOK_CHECK(reply->answers == 1);  // no such text names a session
  }
  std::span<const std::pair<std::string, std::string>> query(std::string_view transport,
                                                             std::string_view sid) {
    query_ = {{"EIO", "4"}, {"transport", std::string(transport)}};
    if (!sid.empty()) query_.emplace_back("sid", sid);
    return query_;
  }

  std::int64_t now_ms_ = 1'000'000;
  std::uint64_t revision_ = 0;
  live::Audience audience_;
  live::Hub hub_{{}, audience_};
  Server* server_ = nullptr;
  Talk main_{hub_, server_}, other_{hub_, server_};
  std::vector<std::pair<std::string, std::string>> query_;
  std::array<Client, 3> clients_;
  std::unique_ptr<Server> owned_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with('d'))
    decode(text.substr(1));
  else
    Crowd().run(text);
  return 0;
}
