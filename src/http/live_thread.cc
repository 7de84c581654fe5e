#include "http/live_thread.h"

#include "http/io_thread.h"

namespace daybook::http {

LiveThread::LiveThread(Shared& shared, IoThread& io, unsigned number)
    : shared_(shared),
      hub_(shared.options.live.hub, shared.live.audience),
      socketio_(socketio::Server::make(shared.options.live.engine, number)) {
  socketio_->use(hub_);
  app_ = shared.deps.make_live_app(
      LiveContext{io, hub_, *socketio_, shared.live.numbers, shared.live.formats});
  for (const LiveShared::Namespace& of : shared.live.namespaces)
    socketio_->add(of.name, app_->namespace_of(of.name), of.packet_format, of.frame_format);
}

// The namespaces are the app's: no session may be left when it goes.
LiveThread::~LiveThread() {
  socketio_->close_all();
  app_.reset();
}

bool LiveThread::wants_ticks() const {
  return connections != 0 || counted_sessions_ != 0 || socketio_->counts().sessions != 0;
}

void LiveThread::tick(std::int64_t now_ms) {
  socketio_->tick(now_ms);
  if (++ticks_ % ticks_per_app_tick == 0) app_->tick(now_ms);
  count();
}

void LiveThread::count() {
  const auto move = [](std::atomic<std::size_t>& total, std::size_t& counted, std::size_t now) {
    total.fetch_add(now - counted, std::memory_order_relaxed);  // wraps around when it is fewer
    counted = now;
  };
  const socketio::Server::Counts counts = socketio_->counts();
  move(shared_.live.socketio_sessions, counted_sessions_, counts.sessions);
  move(shared_.live.socketio_sockets, counted_sockets_, counts.sockets);
}

void LiveThread::drain() { socketio_->close_all(); }

void LiveThread::refuse(Submission& submission, const Error& error) {
  for (SubmissionItem& item : submission.items) {
    item.outcome = {};
    item.outcome.error = error;
  }
  app_->completed(submission);
}

}  // namespace daybook::http
