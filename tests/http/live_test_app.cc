#include "live_test_app.h"

#include <daybook/check.h>

#include <charconv>

namespace daybook::test {
namespace {

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string_view unquoted(std::string_view json) {
  return json.size() < 2 ? json : json.substr(1, json.size() - 2);
}

}  // namespace

void LiveLog::opened(unsigned thread) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++open_;
  threads_.insert(thread);
}

void LiveLog::gone(std::string_view reason) {
  const std::lock_guard<std::mutex> lock(mutex_);
  --open_;
  reasons_.emplace_back(reason);
}

std::size_t LiveLog::open_count() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return open_;
}

std::vector<std::string> LiveLog::reasons() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return reasons_;
}

std::set<unsigned> LiveLog::threads() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return threads_;
}

// --- a WebSocket or an event stream

class LiveTestApp::Peer final : public live::Peer, public live::Subscriber {
 public:
  Peer(LiveTestApp& app, live::Connection& connection, std::uint64_t key, std::size_t format)
      : app_(app), connection_(connection), key_(key), format_(format) {
    app_.peers_[key_] = this;
    app_.log_.opened(app_.context_.io.number());
  }
  ~Peer() override { DAYBOOK_CHECK(gone_); }

  void received(live::Kind kind, std::string_view message) override {
    DAYBOOK_CHECK(!gone_);
    if (kind == live::Kind::binary) return connection_.send(kind, message);
    const std::size_t blank = message.find(' ');
    const std::string_view word = message.substr(0, blank);
    const std::string rest(blank == std::string_view::npos ? "" : message.substr(blank + 1));
    if (word == "echo") return connection_.send(kind, rest);
    if (word == "bytes") return connection_.send(kind, std::string(number_of(rest), 'x'));
    if (word == "join") {
      const bool joined = app_.context_.hub.join(*this, rest, 0).ok();
      return connection_.send(kind, (joined ? "joined " : "not joined ") + rest);
    }
    if (word == "leave") {
      app_.context_.hub.leave(*this, rest);
      return connection_.send(kind, "left " + rest);
    }
    if (word == "close") {
      return connection_.close(static_cast<std::uint16_t>(number_of(rest)),
                               std::string_view(rest).substr(rest.find(' ') + 1));
    }
    if (word == "write") {
      return app_.write(rest, [&app = app_, key = key_](bool accepted, const std::string& name) {
        const auto at = app.peers_.find(key);
        if (at == app.peers_.end()) return;
        at->second->connection_.send(live::Kind::text, (accepted ? "wrote " : "refused ") + name);
      });
    }
    connection_.send(kind, "what? " + std::string(word));
  }
  void gone(std::string_view reason) override {
    DAYBOOK_CHECK(!gone_);
    gone_ = true;
    app_.context_.hub.leave_all(*this);
    app_.peers_.erase(key_);
    app_.log_.gone(reason);
  }
  void offer(const live::MessagePtr& message) override {
    DAYBOOK_CHECK(!gone_);
    connection_.offer(message, format_);
  }

 private:
  LiveTestApp& app_;
  live::Connection& connection_;
  const std::uint64_t key_;
  const std::size_t format_;
  bool gone_ = false;
};

// --- Socket.IO

class LiveTestApp::Echo final : public socketio::Namespace {
 public:
  explicit Echo(LiveTestApp& app) : app_(app) {}

  void connected(socketio::Socket&, std::string_view) override {
    app_.log_.opened(app_.context_.io.number());
  }
  void received(socketio::Socket& socket, const socketio::Event& event) override {
    if (event.name == "join") {
      (void)app_.context_.hub.join(socket.subscriber(), unquoted(event.args), 0);
      if (event.ack) socket.acknowledge(*event.ack, "\"joined\"");
      return;
    }
    if (event.name == "write") {
      return app_.write(
          std::string(unquoted(event.args)),
          [&app = app_, key = socket.key(), ack = event.ack](bool accepted, const std::string&) {
            socketio::Socket* to = app.context_.socketio.find(key);
            if (to != nullptr && ack) to->acknowledge(*ack, accepted ? "1" : "0");
          });
    }
    if (event.ack)
      socket.acknowledge(*event.ack, event.args, event.attachments);
    else
      socket.emit(event.name, event.args, event.attachments);
  }
  void disconnected(socketio::Socket&, std::string_view reason) override { app_.log_.gone(reason); }

 private:
  LiveTestApp& app_;
};

LiveTestApp::LiveTestApp(const http::LiveContext& context, AnyDomain& guestbook, LiveLog& log)
    : context_(context), guestbook_(guestbook), log_(log), echo_(std::make_unique<Echo>(*this)) {}

LiveTestApp::~LiveTestApp() { DAYBOOK_CHECK(peers_.empty()); }

socketio::Namespace& LiveTestApp::namespace_of(std::string_view) { return *echo_; }

Result<std::unique_ptr<live::Peer>> LiveTestApp::open(const Request& request,
                                                      live::Connection& connection,
                                                      std::size_t format) {
  const std::string& topic = request.params.front();
  if (topic == "nothing") return Error{Errc::not_found, "there is no nothing"};
  auto peer = std::make_unique<Peer>(*this, connection, next_key_++, format);
  if (auto joined = context_.hub.join(*peer, topic, 0); !joined) return joined.error();
  return std::unique_ptr<live::Peer>(std::move(peer));
}

Result<std::unique_ptr<live::Peer>> LiveTestApp::open_socket(const http::Route&,
                                                             const Request& request,
                                                             live::Connection& connection) {
  auto peer = open(request, connection, context_.formats.json_frame);
  if (peer.ok()) connection.send(live::Kind::text, "hello " + std::string(request.bearer));
  if (peer.ok() && request.query_value("full")) connection.close(1008, "full");
  return peer;
}

Result<std::unique_ptr<live::Peer>> LiveTestApp::open_stream(const http::Route&,
                                                             const Request& request,
                                                             live::Connection& connection) {
  return open(request, connection, context_.formats.event_chunk);
}

// --- commands

void LiveTestApp::write(std::string name, Done done) {
  Submission* submission = context_.io.take_submission();
  const std::string text = R"({"name":")" + name + R"(","text":"hello"})";
  auto value = context_.io.json().parse(text, false);
  SubmissionItem item;
  item.domain = &guestbook_;
  Result<ErasedCommand> command = Error{};
  if (value.ok()) command = guestbook_.parse(*value, submission->arena);
  if (!command.ok()) {
    context_.io.give_back(submission);
    return done(false, name);
  }
  item.command = *command;
  submission->items.push_back(std::move(item));
  submission->tag_a = http::live_tag;
  submission->tag_b = next_key_++;
  writes_[submission->tag_b] = {std::move(name), std::move(done)};
  context_.io.submit(submission);
}

void LiveTestApp::completed(Submission& submission) {
  const auto at = writes_.find(submission.tag_b);
  DAYBOOK_CHECK(at != writes_.end());
  const auto [name, done] = std::move(at->second);
  writes_.erase(at);
  done(submission.items.front().outcome.accepted, name);
}

}  // namespace daybook::test
