// The second part of IoThreadImpl: its connections.
#include "http/io_thread_impl.h"

#include "base/logging.h"

#include <boost/asio/post.hpp>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

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
      add_session(fd, acceptor);
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

void IoThreadImpl::add_session(int fd, const Acceptor& acceptor) {
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
  Session& session = place(fd, acceptor.loopback, acceptor.front, refused);
  if (!watch(session, fd, EPOLL_CTL_ADD)) return session.close();
  if (refused) session.refuse_connection();
}

Session& IoThreadImpl::place(int fd, bool loopback, unsigned front, bool refused) {
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
  auto session = std::make_unique<Session>(*this, fd, tag, loopback, front);
  entry.session = session.get();
  entry.channel = std::move(session);
  ++alive_;
  return *entry.session;
}

bool IoThreadImpl::watch(Channel& channel, int fd, int operation) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &channel;
  return ::epoll_ctl(epoll_, operation, fd, &event) == 0;
}

Session* IoThreadImpl::find(std::uint64_t tag) {
  const auto index = static_cast<std::uint32_t>(tag);
  if (index >= sessions_.size()) return nullptr;
  Session* session = sessions_[index].session;
  return session != nullptr && session->tag() == tag && !session->closed() ? session : nullptr;
}

// --- connections that change their nature or their thread

void IoThreadImpl::replace(Session& session, int fd, std::unique_ptr<LiveSession> next,
                           std::string_view rest) {
  const auto index = static_cast<std::uint32_t>(session.tag());
  Entry& entry = sessions_[index];
  ++entry.generation;  // what is on its way to the session does not reach `next`
  const std::uint64_t tag = (std::uint64_t{entry.generation} << 32) | index;
  LiveSession& live = *next;
  left_.push_back(std::move(entry.channel));
  entry.channel = std::move(next);
  entry.session = nullptr;
  watch(live, fd, EPOLL_CTL_MOD);  // it is in the set, so that it cannot fail
  live.start(fd, tag, rest);
}

void IoThreadImpl::carry(Session& session, unsigned home, CarriedConnection connection) {
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, connection.fd, nullptr);
  const auto index = static_cast<std::uint32_t>(session.tag());
  left_.push_back(std::move(sessions_[index].channel));
  vacate(index);
  shared_.threads[home]->adopt(std::move(connection));
}

void IoThreadImpl::adopt(CarriedConnection connection) {
  asio::post(context_, [this, connection = std::move(connection)]() mutable {
    read_clocks();
    take_over(std::move(connection));
    end_turn();
  });
}

void IoThreadImpl::take_over(CarriedConnection connection) {
  const int fd = std::exchange(connection.fd, -1);
  Session& session = place(fd, connection.loopback, connection.front, false);
  session.resume(connection);
  if (!watch(session, fd, EPOLL_CTL_ADD)) return session.close();
  session.settle();
  if (stopping_ && !session.closed()) session.finish();
}

void IoThreadImpl::vacate(std::uint32_t index) {
  Entry& entry = sessions_[index];
  entry.channel.reset();
  entry.session = nullptr;
  ++entry.generation;
  free_.push_back(index);
  --alive_;
}

void IoThreadImpl::delete_closed() {
  for (const auto& session : left_) {
    if (session->later) std::erase(resume_, session.get());
    std::erase(waiting_, session.get());
  }
  left_.clear();
  for (Channel* channel : dead_) {
    const auto index = static_cast<std::uint32_t>(channel->tag());
    if (channel->later) std::erase(resume_, channel);
    std::erase(waiting_, channel);
    if (sessions_[index].refused)
      --refused_alive_;
    else
      shared_.connections.fetch_sub(1, std::memory_order_relaxed);
    vacate(index);
  }
  dead_.clear();
}

}  // namespace daybook::http
