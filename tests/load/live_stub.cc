#include "live_stub.h"

#include <daybook/check.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace daybook::load::testing {
namespace {

constexpr std::string_view good_upgrade =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

void send_all(int fd, std::string_view bytes) {
  (void)!::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

// One short masked frame off the front of `in`; false: it has not come whole.
bool take_frame(std::string& in, int& opcode, std::string& payload) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(in[at]); };
  if (in.size() < 2) return false;
  std::size_t length = byte(1) & 0x7fu;
  std::size_t at = 2;
  if (length == 126) {
    if (in.size() < 4) return false;
    length = static_cast<std::size_t>(byte(2)) << 8 | byte(3);
    at = 4;
  }
  DAYBOOK_CHECK((byte(1) & 0x80u) != 0 && length < 127u * 256u);  // masked, and short
  if (in.size() < at + 4 + length) return false;
  opcode = byte(0) & 0x0f;
  payload.clear();
  for (std::size_t i = 0; i < length; ++i)
    payload.push_back(static_cast<char>(byte(at + 4 + i) ^ byte(at + i % 4)));
  in.erase(0, at + 4 + length);
  return true;
}

}  // namespace

std::string server_frame(std::string_view text) {
  std::string frame = "\x81";
  if (text.size() < 126) {
    frame.push_back(static_cast<char>(text.size()));
  } else {
    frame.push_back(126);
    frame.push_back(static_cast<char>(text.size() >> 8));
    frame.push_back(static_cast<char>(text.size()));
  }
  return frame.append(text);
}

std::string state_packet(std::uint64_t sum) {
  return R"(42["leaderboard-updated",{"quizId":"q","leaderboard":[{"score":)" +
         std::to_string(sum) + R"(,"username":"Ada","value":"a"}]}])";
}

LiveStub::LiveStub(Answer answer, std::string upgrade)
    : answer_(std::move(answer)),
      upgrade_(upgrade.empty() ? std::string(good_upgrade) : std::move(upgrade)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t bytes = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  DAYBOOK_CHECK(::bind(listener_, generic, bytes) == 0 && ::listen(listener_, 512) == 0);
  DAYBOOK_CHECK(::getsockname(listener_, generic, &bytes) == 0);
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept_all(); });
}

LiveStub::~LiveStub() {
  ::shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& client : clients_) ::shutdown(client->fd, SHUT_RDWR);
  }
  for (std::thread& session : sessions_) session.join();
  for (const auto& client : clients_) ::close(client->fd);
  ::close(listener_);
}

void LiveStub::accept_all() {
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    ++connections_;
    const std::lock_guard lock(mutex_);
    clients_.push_back(std::make_unique<Client>());
    Client& client = *clients_.back();
    client.fd = fd;
    sessions_.emplace_back([this, &client] { serve(client); });
  }
}

bool LiveStub::read_more(Client& client) {
  std::array<char, 65536> buffer;
  const ssize_t n = ::recv(client.fd, buffer.data(), buffer.size(), 0);
  if (n <= 0) return false;
  client.in.append(buffer.data(), static_cast<std::size_t>(n));
  return true;
}

bool LiveStub::upgrade(Client& client) {
  std::size_t end = 0;
  while ((end = client.in.find("\r\n\r\n")) == std::string::npos)
    if (!read_more(client)) return false;
  DAYBOOK_CHECK(client.in.starts_with("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"));
  client.in.erase(0, end + 4);
  // The first frame comes with the answer.
  send_all(client.fd, upgrade_ + server_frame(R"(0{"sid":"x","pingInterval":25000})"));
  return true;
}

void LiveStub::serve(Client& client) {
  bool open = upgrade(client);
  int opcode = 0;
  std::string payload;
  while (open) {
    while (open && take_frame(client.in, opcode, payload))
      open = opcode == 1 ? on_text(client, payload) : opcode != 8;
    open = open && read_more(client);
  }
  const std::lock_guard lock(mutex_);
  client.in_quiz = false;
  ::shutdown(client.fd, SHUT_RDWR);
}

bool LiveStub::on_text(Client& client, const std::string& text) {
  if (text == "3") ++pongs_;
  if (text == "40") {
    const std::string frame = server_frame(R"(40{"sid":"y"})");
    send_all(client.fd, frame.substr(0, 3));
    send_all(client.fd, frame.substr(3));
  }
  return !text.starts_with("42") || on_event(client, text);
}

// 42<ack>["name",payload]
bool LiveStub::on_event(Client& client, const std::string& text) {
  const std::size_t bracket = text.find('[');
  const std::size_t comma = text.find("\",", bracket);
  const std::string event = text.substr(bracket + 2, comma - bracket - 2);
  const std::string payload = text.substr(comma + 2, text.size() - comma - 3);
  const std::string answer = answer_(*this, event, payload, events_++);
  if (answer.empty()) return false;
  {
    const std::lock_guard lock(mutex_);
    if (event == "join-quiz") client.in_quiz = true;
    if (event == "leave-quiz") client.in_quiz = false;
    if (event == "submit-answer") answers_.insert(payload);
  }
  send_all(client.fd, server_frame("43" + text.substr(2, bracket - 2) + "[" + answer + "]"));
  return true;
}

void LiveStub::broadcast(const std::string& packet, std::size_t skipped) {
  const std::string frame = server_frame(packet);
  const std::lock_guard lock(mutex_);
  for (const auto& client : clients_)
    if (client->in_quiz && (skipped == 0 || skipped-- == 0)) send_all(client->fd, frame);
}

void LiveStub::ping() { broadcast("2"); }

std::set<std::string> LiveStub::answers() const {
  const std::lock_guard lock(mutex_);
  return answers_;
}

}  // namespace daybook::load::testing
