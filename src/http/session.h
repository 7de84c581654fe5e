// One connection: reads requests, hands them to handlers, sends the answers in order.
//
// session.cc reads and hands over, session_answers.cc answers, sends and ends, session_stream.cc
// sends answers made in parts.
//
// States: reading a head → reading a body → (answers owed) → idle, all at once when a client
// pipelines. Closing: no more requests are taken → owed answers are sent → our side is shut → what
// still comes is thrown away for linger_ms so that the client can read the answer → closed.
//
// Readiness comes edge-triggered from the io thread: readable_ stays true until the kernel said "no
// more". Reading stops while pipeline_max answers are owed or unsent_bytes_max wait for the client.
//
// Threads: confined to its io thread. There are no operations in flight, so it can be deleted
// between two calls; whoever answers later finds it by its tag.
#pragma once

#include "http/answer_queue.h"
#include "http/read_buffer.h"
#include "http/request_parser.h"
#include "http/request_plan.h"
#include "http/stream.h"
#include "http/timer_wheel.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace daybook::http {

class IoThread;
class Session;

struct SessionTimer : TimerNode {
  Session* session = nullptr;
};

class Session {
 public:
  static constexpr std::int64_t linger_ms = 1000;
  static constexpr std::size_t linger_bytes_max = 4u << 20;
  static constexpr std::size_t unsent_bytes_max = 1u << 20;
  // A stream's next part is made when less than this waits for the client.
  static constexpr std::size_t stream_unsent_bytes_max = 256u << 10;
  static constexpr std::size_t reads_per_turn_max = 16;  // then others get theirs

  // Takes the descriptor. `tag`: slot and generation in its io thread.
  Session(IoThread& io, int fd, std::uint64_t tag, bool loopback);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // --- from the io thread
  void on_ready(std::uint32_t epoll_events);
  void on_deadline();
  // Takes and sends as much as can be, after anything has changed.
  void settle();
  // Over connections_max: the one answer, then close.
  void refuse_connection();
  // Server stop: ends as soon as nothing is owed.
  void finish();
  void close();

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

  [[nodiscard]] std::uint64_t tag() const { return tag_; }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool closed() const { return fd_ < 0; }
  [[nodiscard]] bool owes_nothing() const { return answers_.empty() && out_.empty(); }
  static Session& of(TimerNode& node) { return *static_cast<SessionTimer&>(node).session; }

  bool dirty = false;  // the io thread's: in its list to settle

 private:
  enum class Reading : std::uint8_t { head, length_body, chunked_body };

  static int status_of_error(const Error& error);
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

  IoThread& io_;
  int fd_;
  const bool loopback_;
  Reading reading_ = Reading::head;
  bool readable_ = false;
  bool hangup_ = false;  // the peer may have ended: read until the kernel says so
  bool starved_ = true;  // what is buffered is not a whole request
  bool eof_ = false;
  bool closing_ = false;  // no more requests
  bool lingering_ = false;
  bool owes_continue_ = false;
  bool settling_ = false;
  std::size_t heavy_pending_ = 0;
  std::uint64_t tag_;
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
  SessionTimer timer_;
};

}  // namespace daybook::http
