// The second part of IoThreadImpl: its connections.
#include "http/io_thread_impl.h"

#include "base/logging.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace daybook::http {
namespace {
constexpr int accepts_per_turn_max = 64;
}  // namespace

void IoThreadImpl::arm_accept(Acceptor& acceptor) {
  acceptor.socket.async_wait(Descriptor::wait_read,
                             [this, &acceptor](const boost::system::error_code& ec) {
                               if (ec) return;
                               read_clocks();
                               const bool good = accept_some(acceptor);
                               end_turn();
                               if (stopping_ || !acceptor.socket.is_open()) return;
                               if (good)
                                 arm_accept(acceptor);
                               else
                                 unarmed_.push_back(&acceptor);
                             });
}

// False: the process is out of descriptors or memory.
bool IoThreadImpl::accept_some(Acceptor& acceptor) {
  for (int i = 0; i < accepts_per_turn_max; ++i) {
    const int fd =
        ::accept4(acceptor.socket.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      add_session(fd, acceptor.loopback);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      log_warn("cannot accept a connection", {{"error", std::strerror(errno)}});
      return false;
    }
  }
  return true;
}

void IoThreadImpl::add_session(int fd, bool loopback) {
  const bool refused = shared_.connections.fetch_add(1, std::memory_order_relaxed) >=
                       shared_.options.limits.connections_max;
  if (refused) {
    shared_.connections.fetch_sub(1, std::memory_order_relaxed);
    shared_.refused.add();
    if (refused_alive_ >= refused_sessions_max) {
      ::close(fd);
      return;
    }
    ++refused_alive_;
  }
  std::uint32_t index = 0;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(sessions_.size());
    sessions_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Entry& entry = sessions_[index];
  entry.refused = refused;
  const std::uint64_t tag = (std::uint64_t{entry.generation} << 32) | index;
  entry.session = std::make_unique<Session>(*this, fd, tag, loopback);
  ++alive_;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = entry.session.get();
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) return entry.session->close();
  if (refused) entry.session->refuse_connection();
}

Session* IoThreadImpl::find(std::uint64_t tag) {
  const auto index = static_cast<std::uint32_t>(tag);
  if (index >= sessions_.size()) return nullptr;
  Session* session = sessions_[index].session.get();
  return session != nullptr && session->tag() == tag && !session->closed() ? session : nullptr;
}

void IoThreadImpl::delete_closed() {
  for (Session* session : dead_) {
    const auto index = static_cast<std::uint32_t>(session->tag());
    Entry& entry = sessions_[index];
    std::erase(resume_, session);
    std::erase(waiting_, session);
    if (entry.refused)
      --refused_alive_;
    else
      shared_.connections.fetch_sub(1, std::memory_order_relaxed);
    entry.session.reset();
    ++entry.generation;
    free_.push_back(index);
    --alive_;
  }
  dead_.clear();
}

}  // namespace daybook::http
