// What a domain shows to clients that stay connected: topics they follow, and messages they send.
// The same table serves every transport (Socket.IO, WebSocket, server-sent events); no domain knows
// which one a client uses.
//
// A topic ("quiz:5auO...") has a state, not a history: what is sent is its newest state, so a
// client that is slow or late misses steps but never the end. Topics are named by the domain; the
// names begin with a word of its own, and two domains must not share one.
#pragma once

#include <daybook/arena.h>
#include <daybook/http.h>
#include <daybook/ids.h>
#include <daybook/json.h>
#include <daybook/result.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daybook {

struct Answer;

constexpr std::size_t live_topic_chars_max = 160;

// One message of a client. All views end with the call.
struct LiveRequest {
  json::Value payload;  // any kind: Socket.IO's first argument, or the JSON protocol's object
  UnixUs now{};         // when it arrived
};

// What its sender gets, and what it follows from then on.
struct LiveAnswer {
  std::string body;  // JSON: what the acknowledgement carries; empty: nothing but "done"
  std::vector<std::string> join;   // topics; the newest state of each is sent at once
  std::vector<std::string> leave;  // topics; one that is not followed is ignored
};

// A topic that has another state now.
struct LiveChange {
  std::string topic;
  // At least this long between two states sent; the last of a burst is always sent. 0: each at
  // once.
  std::int64_t interval_ms = 0;
};

// A topic's newest state, as it is sent.
struct LiveState {
  std::string event;           // "leaderboard-updated"
  std::string json;            // its payload: one JSON value
  std::uint64_t revision = 0;  // grows with every change of the topic; the same after a replay
  // Who follows the topic leaves these after this state (a player who was put out, a room that is
  // over).
  std::vector<std::string> leave;
};

// Where a domain's live messages go. A name registered twice, in any domain, is refused at
// start-up.
template <class D>
class LiveMessages {
 public:
  // Answered from the view, under its lock.
  using Read = Result<LiveAnswer> (*)(const typename D::View& view, const LiveRequest& request);
  // A command like any other: through the sequencer, answered when it is on the disk.
  using Parse = Result<typename D::Command> (*)(const LiveRequest& request, Arena& arena);
  // The accepted command's answer to its sender; under the view's lock, the view has its events.
  using After = Result<LiveAnswer> (*)(const typename D::View& view,
                                       const typename D::Command& command, const Answer& answer,
                                       UnixUs now);
  // A path for WebSocket and server-sent events: what who opens it follows from the beginning.
  using Open = Result<LiveAnswer> (*)(const typename D::View& view, const Request& request);

  struct ReadMessage {
    std::string_view name;
    Read read;
  };
  struct CommandMessage {
    std::string_view name;
    Parse parse;
    After after;
  };
  struct Path {
    std::string_view pattern;
    std::string_view subprotocol;  // "daybook.quiz.v1"
    Open open;
  };

  void read(std::string_view name, Read fn) { reads.push_back({name, fn}); }
  void command(std::string_view name, Parse parse, After after) {
    commands.push_back({name, parse, after});
  }
  void path(std::string_view pattern, std::string_view subprotocol, Open open) {
    paths.push_back({pattern, subprotocol, open});
  }

  std::vector<ReadMessage> reads;
  std::vector<CommandMessage> commands;
  std::vector<Path> paths;
};

}  // namespace daybook
