// What one io thread has for connections that stay open: the hub, the Socket.IO server, the app.
// The io thread holds the sockets and says when it is time; see io_live.cc.
//
// Threads: publish through IoThread::publish; everything here on the io thread.
#pragma once

#include "http/live_app.h"
#include "http/live_shared.h"
#include "live/hub.h"
#include "socketio/server.h"
#include "websocket/decoder.h"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace daybook::http {

struct Shared;

class LiveThread {
 public:
  // Of a fan-out between two looks at the sockets that are ready.
  static constexpr std::size_t offers_per_slice = 256;
  static constexpr std::int64_t tick_ms = socketio::Server::tick_ms;
  static constexpr int ticks_per_app_tick = static_cast<int>(100 / tick_ms);

  // REQUIRES: Dependencies::make_live_app. `number`: of the io thread.
  LiveThread(Shared& shared, IoThread& io, unsigned number);
  // After every connection of the thread is gone.
  ~LiveThread();
  LiveThread(const LiveThread&) = delete;
  LiveThread& operator=(const LiveThread&) = delete;

  LiveApp& app() { return *app_; }
  socketio::Server& socketio() { return *socketio_; }
  // Something is to be done at times, not only when bytes arrive.
  [[nodiscard]] bool wants_ticks() const;
  void tick(std::int64_t now_ms);
  // True: there is more to send.
  bool run() { return hub_.run(offers_per_slice); }
  [[nodiscard]] bool idle() const { return hub_.idle(); }
  void publish(live::MessagePtr message) { hub_.publish(std::move(message)); }
  // Ends the Socket.IO sessions.
  void drain();
  // The submission is refused or answered; the caller keeps it.
  void completed(Submission& submission) { app_->completed(submission); }
  void refuse(Submission& submission, const Error& error);

  std::size_t connections = 0;  // LiveSessions of this thread
  // Messages to them that are not whole yet; ordinary ones are smaller than what is free.
  websocket::Allowance incomplete{64u << 20, 16u << 10};

 private:
  void count();

  Shared& shared_;
  live::Hub hub_;
  std::unique_ptr<socketio::Server> socketio_;
  std::unique_ptr<LiveApp> app_;
  int ticks_ = 0;
  std::size_t counted_sessions_ = 0, counted_sockets_ = 0;  // in Shared
};

}  // namespace daybook::http
