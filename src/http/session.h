// One connection: reads requests, hands them to handlers, sends the answers in order.
//
// session.cc reads and hands over, session_answers.cc answers, sends and ends, session_stream.cc
// sends answers made in parts.
//
// States: reading a head → reading a body → (answers owed) → idle, all at once when a client
// pipelines. Closing: no more requests are taken → owed answers are sent → our side is shut → what
// still comes is thrown away for linger_ms so that the client can read the answer → closed.
//
// Leaving: no more requests are taken → the connection goes on as a LiveSession in its place
// (go_on_as), or moves to another io thread once its answers are made (head_done).
//
// Readiness comes edge-triggered from the io thread: readable_ stays true until the kernel said "no
// more". Reading stops while pipeline_max answers are owed or unsent_bytes_max wait for the client.
//
// Threads: confined to its io thread.
#pragma once

#include "http/answer_queue.h"
#include "http/channel.h"
#include "http/read_buffer.h"
#include "http/request_parser.h"
#include "http/request_plan.h"
#include "http/stream.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::http {

class LiveSession;

// A connection between two requests, on its way to another io thread.
struct CarriedConnection {
  CarriedConnection() = default;
  CarriedConnection(CarriedConnection&& other) noexcept;
  ~CarriedConnection();  // closes the descriptor when nobody has taken it

  int fd = -1;
  bool loopback = false;
  unsigned front = 0;
  std::string unread;  // bytes that were received and belong to no answered request
  std::string unsent;  // the rest of answers
};

class Session final : public Channel {
 public:
  static constexpr std::int64_t linger_ms = 1000;
  static constexpr std::size_t linger_bytes_max = 4u << 20;
  static constexpr std::size_t unsent_bytes_max = 1u << 20;
  // A stream's next part is made when less than this waits for the client.
  static constexpr std::size_t stream_unsent_bytes_max = 256u << 10;
  static constexpr std::size_t reads_per_turn_max = 16;  // then others get theirs

  // Takes the descriptor. `tag`: slot and generation in its io thread. `front`: of Shared::fronts.
  Session(IoThread& io, int fd, std::uint64_t tag, bool loopback, unsigned front);
  ~Session() override;

  // --- from the io thread
  void on_ready(std::uint32_t epoll_events) override;
  void on_deadline() override;
  void settle() override;
  void finish() override;
  void close() override;
  // Over connections_max: the one answer, then close.
  void refuse_connection();
  // Goes on where another thread's session left off. Settle it afterwards.
  void resume(const CarriedConnection& connection);

  // --- from handlers; `number` is the request's
  void answer(std::uint64_t number, const AnswerHead& head, std::string_view body);
  void answer(std::uint64_t number, Response&& response);
  void answer_error(std::uint64_t number, const Error& error) {
    answer_error(number, status_of_error(error), error, {});
  }
  void answer_error(std::uint64_t number, int status, const Error& error, std::string_view allow);
  // The submission's outcomes are here.
  void complete(std::uint64_t number, Submission& submission);
  // The next part of the stream is here.
  void take_part(const Stream& stream, const Result<bool>& more, std::string_view part);
  // It will not come: the server stops.
  void refuse_part(const Stream& stream);
  // Its stream waits; true: for what has happened, so the next part is asked for when it is
  // settled.
  [[nodiscard]] bool waiting() const { return stream_ && stream_->waiting; }
  bool end_wait(Position visible);
  Slot* slot(std::uint64_t number) { return answers_.find(number); }
  // The answer may be large (a picture, a history, a batch's lines): no further request is taken
  // until it is here, so that such answers do not pile up behind each other.
  void mark_heavy(std::uint64_t number);
  // A Socket.IO poll waits under this key (socketio::Server::request).
  void mark_poll(std::uint64_t number, std::uint64_t key);
  // Nothing but this request is owed and nothing unsent: the connection may become something else.
  [[nodiscard]] bool is_alone(std::uint64_t number) const;
  // Instead of an answer: the connection goes on as `next`. REQUIRES: is_alone(number)
  void go_on_as(std::uint64_t number, std::unique_ptr<LiveSession> next, int status);

  [[nodiscard]] const Cors& cors() const;

 private:
  enum class Reading : std::uint8_t { head, length_body, chunked_body };

  static int status_of_error(const Error& error);
  [[nodiscard]] bool owes_nothing() const { return answers_.empty() && out_.empty(); }
  [[nodiscard]] bool may_take() const;
  void pump(std::size_t& reads);
  void read_some();
  std::size_t consume(char* data, std::size_t size);
  // One step over `data`; how many bytes were taken for good (0 with starved_: more are needed).
  std::size_t consume_one(char* data, std::size_t size);
  std::size_t head_done(char* data, std::size_t size);
  std::size_t length_body_step(char* data, std::size_t size);
  std::size_t chunk_step(char* data, std::size_t size);
  void dispatch(const Plan& plan, std::string_view body);
  std::size_t refuse_early(const Plan& plan, std::size_t size);
  void refuse_and_close(const Refusal& refusal);
  void end_request();
  Plan plan() const;
  // True: the connection is on its way to what it goes on as, or to its other thread.
  bool leave();
  int release_descriptor();
  std::uint64_t open_slot(const Head* head);
  // Answers and parts of them end through these.
  static AnswerHead head_of(const Response& response);
  void close_if_last(std::uint64_t number, Slot& slot);  // while the server drains
  void end_answer(Slot& slot, int status);
  void count(const Slot& slot, int status);
  void begin_stream(std::uint64_t number, Response response);
  // Asks for the next part when there is room. True: the stream was ended instead.
  bool want_part();
  void begin_wait(const BodyStream::Wait& wait);
  void send_part(std::string_view part);
  void end_stream(std::string_view last_part);
  void end_stream_early();
  void send_stream_head(Slot& slot);
  void break_stream(const Error& error);
  bool flush();
  void want_continue(bool body_started);
  void after_last_byte();
  void discard();
  void set_deadline();

  const bool loopback_;
  const std::uint8_t front_;
  Reading reading_ = Reading::head;
  bool readable_ = false;
  bool hangup_ = false;  // the peer may have ended: read until the kernel says so
  bool starved_ = true;  // what is buffered is not a whole request
  bool eof_ = false;
  bool closing_ = false;  // no more requests
  bool lingering_ = false;
  bool owes_continue_ = false;
  bool settling_ = false;
  bool leaving_ = false;     // no more requests here; next_ or home_ says where they go
  std::uint16_t polls_ = 0;  // Socket.IO polls among the answers owed
  std::uint32_t heavy_pending_ = 0;
  unsigned home_ = 0;  // leaving_ without next_: the io thread
  std::unique_ptr<LiveSession> next_;
  AnswerQueue answers_;
  std::shared_ptr<Stream> stream_;  // the answer being made in parts, or null
  ReadBuffer in_;
  std::string out_;
  std::size_t out_sent_ = 0;
  std::size_t lingered_bytes_ = 0;
  std::unique_ptr<RequestParser> parser_;  // from the thread's pool, while a request is incomplete
  std::string chunked_head_, chunks_;      // a chunked request's header, its decoded body
  std::size_t request_bytes_ = 0;          // header and Content-Length
  std::size_t body_bytes_max_ = 0;
  std::int64_t phase_start_ms_ = 0;  // of the head or the body being read, or of lingering
  std::int64_t write_start_ms_ = 0;  // when the client last took something
};

}  // namespace daybook::http
