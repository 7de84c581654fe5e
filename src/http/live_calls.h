// Runs the messages of live clients, whatever brought them: finds the message, reads the view or
// sends a command through the sequencer, lets the sender follow what the answer says, and gives the
// answer to the sender in its own dialect.
//
// Threads: one io thread.
#pragma once

#include "http/live_app.h"
#include "http/live_table.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::http {

// Who sent a message and how to answer it. Kept while its command is in the sequencer.
struct LiveSender {
  static constexpr std::size_t id_bytes_max = 128;  // as JSON text
  enum class Dialect : std::uint8_t { socketio, json };
  Dialect dialect = Dialect::json;
  std::uint64_t key = 0;             // of the socket; it may be gone when the answer is here
  std::optional<std::uint64_t> ack;  // Socket.IO: wants an acknowledgement
  std::string id;                    // JSON: the message's id, as JSON text; empty: none
  std::string name;                  // of the message
};

// The dialects' half: finds the socket and speaks to it.
class LiveSpeaker {
 public:
  virtual ~LiveSpeaker() = default;
  // Null: the socket is gone.
  virtual live::Subscriber* subscriber_of(const LiveSender& sender) = 0;
  // `body`: a JSON object or empty; `receipt`: empty for what wrote nothing.
  virtual void accepted(const LiveSender& sender, std::string_view body,
                        std::string_view receipt) = 0;
  // As the problem object of the error.
  virtual void refused(const LiveSender& sender, const Error& error) = 0;
};

class LiveCalls {
 public:
  // Commands of this thread's live clients that are in the sequencer.
  static constexpr std::size_t pending_max = 65'536;

  LiveCalls(const LiveContext& context, const LiveTable& table, LiveSpeaker& speaker)
      : context_(context), table_(table), speaker_(speaker) {}

  // `payload` ends with the call.
  void call(LiveSender&& sender, const json::Value& payload);
  void completed(Submission& submission);
  // Leaves, then follows and sends the newest state of each, and what these states say to leave is
  // left. An error: it follows none of them that it did not follow before.
  Result<void> follow(AnyLive& live, live::Subscriber& subscriber, const LiveAnswer& answer);

 private:
  struct Pending {
    LiveSender sender;
    const LiveEntry* entry = nullptr;
    bool used = false;
  };
  void read(const LiveEntry& entry, const LiveSender& sender, const LiveRequest& request);
  void submit(const LiveEntry& entry, LiveSender&& sender, const LiveRequest& request);
  Result<void> join(live::Subscriber& subscriber, const std::vector<std::string>& topics);
  void answer(const LiveEntry& entry, const LiveSender& sender, const Result<LiveAnswer>& answer,
              std::string_view receipt);
  std::size_t take_slot();

  const LiveContext context_;
  const LiveTable& table_;
  LiveSpeaker& speaker_;
  std::vector<Pending> pending_;  // by the submission's tag_b
  std::vector<std::size_t> free_;
};

// Appends the members of {"ok":true,...}: body's own and the receipt.
void append_accepted_members(std::string& out, std::string_view body, std::string_view receipt);

}  // namespace daybook::http
