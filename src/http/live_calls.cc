#include "http/live_calls.h"

#include "http/io_thread.h"
#include "log/event_log.h"

#include <utility>

namespace daybook::http {

void LiveCalls::call(LiveSender&& sender, const json::Value& payload) {
  const LiveEntry* entry = table_.find(sender.name);
  if (entry == nullptr) {
    return speaker_.refused(
        sender,
        Error{Errc::not_found, "there is no message of this name", {{"type", "unknown", ""}}});
  }
  const LiveRequest request{payload, context_.io.wall()};
  if (entry->message.kind == ErasedMessage::Kind::read) return read(*entry, sender, request);
  submit(*entry, std::move(sender), request);
}

void LiveCalls::read(const LiveEntry& entry, const LiveSender& sender, const LiveRequest& request) {
  answer(entry, sender, entry.live->read(entry.message.index, request), {});
}

std::size_t LiveCalls::take_slot() {
  if (free_.empty()) {
    pending_.emplace_back();
    return pending_.size() - 1;
  }
  const std::size_t slot = free_.back();
  free_.pop_back();
  return slot;
}

void LiveCalls::submit(const LiveEntry& entry, LiveSender&& sender, const LiveRequest& request) {
  if (pending_.size() - free_.size() >= pending_max)
    return speaker_.refused(sender, Error{Errc::busy, "too many messages are waiting; try again"});
  Submission* submission = context_.io.take_submission();
  SubmissionItem item;
  item.domain = entry.domain;
  auto command = entry.live->parse(entry.message.index, request, submission->arena);
  if (!command) {
    context_.io.give_back(submission);
    return speaker_.refused(sender, command.error());
  }
  item.command = *command;
  submission->items.push_back(std::move(item));
  submission->bytes = submission->arena.memory_bytes() + sizeof(SubmissionItem);
  const std::size_t slot = take_slot();
  pending_[slot] = Pending{std::move(sender), &entry, true};
  submission->tag_a = live_tag;
  submission->tag_b = slot;
  context_.io.submit(submission);
}

void LiveCalls::completed(Submission& submission) {
  Pending pending = std::exchange(pending_[submission.tag_b], {});
  free_.push_back(submission.tag_b);
  const SubmissionItem& item = submission.items.front();
  const Outcome& outcome = item.outcome;
  if (!outcome.accepted) return speaker_.refused(pending.sender, outcome.error);
  std::string receipt;
  if (outcome.position.value != 0)
    receipt = log::receipt_text(outcome.position, outcome.group_hash);
  const LiveEntry& entry = *pending.entry;
  answer(entry, pending.sender,
         entry.live->after(entry.message.index, item.command, outcome.answer, context_.io.wall()),
         receipt);
}

void LiveCalls::answer(const LiveEntry& entry, const LiveSender& sender,
                       const Result<LiveAnswer>& answer, std::string_view receipt) {
  live::Subscriber* subscriber = speaker_.subscriber_of(sender);
  if (subscriber == nullptr) return;
  if (!answer) return speaker_.refused(sender, answer.error());
  if (auto followed = follow(*entry.live, *subscriber, *answer); !followed)
    return speaker_.refused(sender, followed.error());
  speaker_.accepted(sender, answer->body, receipt);
}

// Following comes first, then the look at the state: what changes between the two is broadcast.
Result<void> LiveCalls::follow(AnyLive& live, live::Subscriber& subscriber,
                               const LiveAnswer& answer) {
  for (const std::string& topic : answer.leave) context_.hub.leave(subscriber, topic);
  for (const std::string& topic : answer.join) {
    DAYBOOK_TRY_VOID(context_.hub.join(subscriber, topic, 0));
    const auto state = live.state(topic, context_.io.wall());
    if (!state) continue;
    DAYBOOK_TRY_VOID(context_.hub.join(subscriber, topic, state->revision));
    subscriber.offer(
        context_.encodings.encode(topic, state->revision, state->event, state->json, {}));
  }
  return {};
}

void append_accepted_members(std::string& out, std::string_view body, std::string_view receipt) {
  out += "\"ok\":true";
  if (!receipt.empty()) {
    out += ",\"receipt\":";
    json::append_string(out, receipt);
  }
  if (body.size() <= 2) return;
  out += ',';
  out += body.substr(1, body.size() - 2);
}

}  // namespace daybook::http
