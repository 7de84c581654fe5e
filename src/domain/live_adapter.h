// The template that turns a LiveDomain into an AnyLive; a part of DomainAdapter (adapter.h), whose
// view and mutex it uses.
#pragma once

#include "base/mutex.h"
#include "domain/any_live.h"

#include <daybook/domain.h>

#include <utility>

namespace daybook {

template <class D>
class LiveAdapter final : public AnyLive {
  using View = typename D::View;
  using Command = typename D::Command;

 public:
  // Neither is owned.
  LiveAdapter(Mutex& mutex, View& view) : mutex_(mutex), view_(view) {
    D::live(typed_);
    for (std::size_t i = 0; i < typed_.reads.size(); ++i)
      messages_.push_back({std::string(typed_.reads[i].name), ErasedMessage::Kind::read, i});
    for (std::size_t i = 0; i < typed_.commands.size(); ++i)
      messages_.push_back({std::string(typed_.commands[i].name), ErasedMessage::Kind::command, i});
    for (std::size_t i = 0; i < typed_.paths.size(); ++i) {
      const auto& path = typed_.paths[i];
      paths_.push_back({std::string(path.pattern), std::string(path.subprotocol), i});
    }
  }

  [[nodiscard]] const std::vector<ErasedMessage>& messages() const override { return messages_; }
  [[nodiscard]] const std::vector<ErasedLivePath>& paths() const override { return paths_; }

  Result<LiveAnswer> read(std::size_t index, const LiveRequest& request) const override {
    LockGuard lock(mutex_);
    return typed_.reads[index].read(std::as_const(view_), request);
  }
  Result<const void*> parse(std::size_t index, const LiveRequest& request,
                            Arena& arena) const override {
    auto command = typed_.commands[index].parse(request, arena);
    if (!command.ok()) return std::move(command).error();
    return static_cast<const void*>(arena.make<Command>(*std::move(command)));
  }
  Result<LiveAnswer> after(std::size_t index, const void* command, const Answer& answer,
                           UnixUs now) const override {
    LockGuard lock(mutex_);
    return typed_.commands[index].after(std::as_const(view_), *static_cast<const Command*>(command),
                                        answer, now);
  }
  Result<LiveAnswer> open(std::size_t index, const Request& request) const override {
    LockGuard lock(mutex_);
    return typed_.paths[index].open(std::as_const(view_), request);
  }

  std::vector<LiveChange> take_changed(std::size_t max) override {
    LockGuard lock(mutex_);
    return D::take_changed(view_, max);
  }
  [[nodiscard]] std::optional<LiveState> state(std::string_view topic, UnixUs now) const override {
    LockGuard lock(mutex_);
    return D::live_state(std::as_const(view_), topic, now);
  }

 private:
  Mutex& mutex_;
  View& view_ GUARDED_BY(mutex_);
  LiveMessages<D> typed_;
  std::vector<ErasedMessage> messages_;
  std::vector<ErasedLivePath> paths_;
};

}  // namespace daybook
