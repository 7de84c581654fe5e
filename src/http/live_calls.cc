#include "http/live_calls.h"

#include "base/digest.h"
#include "http/idempotency.h"
#include "http/io_thread.h"
#include "log/event_log.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace daybook::http {
namespace {

constexpr std::size_t shown_name_bytes_max = 64;

// What must be the same for the first answer to be given again: the message's name and its payload,
// but for the id that a client of the JSON protocol gives each message anew.
Id128 fingerprint_of(std::string_view name, const json::Value& payload) {
  std::string same;
  payload.each_member([&](std::string_view member, const json::Value& value) {
    if (member == "id") return;
    json::append_string(same, member);
    same += ':' + value.to_string() + ',';
  });
  return xxh128(same, xxh64(name));
}

Result<SubmissionItem> make_item(const LiveEntry& entry, std::string_view name,
                                 const LiveRequest& request, Arena& arena) {
  SubmissionItem item;
  item.domain = entry.domain;
  DAYBOOK_TRY(item.command, entry.live->parse(entry.message.index, request, arena));
  if (!request.payload.is_object()) return item;
  DAYBOOK_TRY(const bool has_key, read_idempotency_key(request.payload, arena, item));
  if (has_key) item.fingerprint = fingerprint_of(name, request.payload);
  return item;
}

}  // namespace

void LiveCalls::call(LiveSender&& sender, const json::Value& payload) {
  const LiveEntry* entry = table_.find(sender.name);
  if (entry == nullptr) {
    return speaker_.refused(
        sender, Error{Errc::not_found,
                      "there is no message of " + (sender.name.size() <= shown_name_bytes_max
                                                       ? "the name \"" + sender.name + "\""
                                                       : std::string("this name"))});
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
  auto item = make_item(entry, sender.name, request, submission->arena);
  if (!item) {
    context_.io.give_back(submission);
    return speaker_.refused(sender, item.error());
  }
  submission->items.push_back(*std::move(item));
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

// A command that was accepted is told so whatever went wrong after it: its receipt and what the
// answer holds (a token) are said once. The rest is a refusal of its own.
void LiveCalls::answer(const LiveEntry& entry, const LiveSender& sender,
                       const Result<LiveAnswer>& answer, std::string_view receipt) {
  live::Subscriber* subscriber = speaker_.subscriber_of(sender);
  if (subscriber == nullptr) return;
  const Result<void> all_done =
      answer.ok() ? follow(*entry.live, *subscriber, *answer) : Result<void>(answer.error());
  const bool is_command = entry.message.kind == ErasedMessage::Kind::command;
  if (!all_done && !is_command) return speaker_.refused(sender, all_done.error());
  speaker_.accepted(sender, answer.ok() ? std::string_view(answer->body) : "", receipt);
  if (all_done) return;
  LiveSender unasked = sender;
  unasked.ack.reset();
  unasked.id.clear();
  speaker_.refused(unasked, all_done.error());
}

Result<void> LiveCalls::join(live::Subscriber& subscriber, const std::vector<std::string>& topics) {
  std::vector<std::string_view> fresh;
  for (const std::string& topic : topics) {
    if (context_.hub.follows(subscriber, topic)) continue;
    if (auto joined = context_.hub.join(subscriber, topic, 0); !joined) {
      for (const std::string_view of : fresh) context_.hub.leave(subscriber, of);
      return joined;
    }
    fresh.push_back(topic);
  }
  return {};
}

// Following comes first, then the look at the state: what changes between the two is broadcast.
Result<void> LiveCalls::follow(AnyLive& live, live::Subscriber& subscriber,
                               const LiveAnswer& answer) {
  for (const std::string& topic : answer.leave) context_.hub.leave(subscriber, topic);
  DAYBOOK_TRY_VOID(join(subscriber, answer.join));
  std::vector<std::string> leave;
  for (const std::string& topic : answer.join) {
    auto state = live.state(topic, context_.io.wall());
    if (!state) continue;
    DAYBOOK_TRY_VOID(context_.hub.join(subscriber, topic, state->revision));
    subscriber.offer(
        context_.encodings.encode(topic, state->revision, state->event, state->json, {}));
    std::move(state->leave.begin(), state->leave.end(), std::back_inserter(leave));
  }
  for (const std::string& topic : leave) context_.hub.leave(subscriber, topic);
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
