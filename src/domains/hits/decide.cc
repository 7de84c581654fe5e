// State + command -> events, or a rejection. Guards in the documented order (docs/domains/hits.md),
// the happy path last.
#include "domains/hits/domain.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <cstring>
#include <string>

namespace daybook::hits {
namespace {

constexpr std::size_t visitor_bytes_max = 4 * visitor_chars_max;

// Two days drawn from one secret must not share a salt.
Id128 make_salt(const Id128& secret, Day day) {
  Id128 salt = secret;
  for (std::size_t i = 0; i < 4; ++i)
    salt.bytes[i] ^= static_cast<std::uint8_t>(static_cast<std::uint32_t>(day.value) >> (8 * i));
  return salt;
}

// Never 0: that says no visitor.
std::uint64_t hash_of_visitor(const Id128& salt, std::string_view id, std::string_view visitor) {
  std::array<char, sizeof(Id128) + 4 + id_bytes_max + visitor_bytes_max> text;
  const auto id_bytes = static_cast<std::uint32_t>(id.size());
  char* end = text.data();
  const auto append = [&end](const void* bytes, std::size_t size) {
    std::memcpy(end, bytes, size);
    end += size;
  };
  append(salt.bytes.data(), salt.bytes.size());
  append(&id_bytes, sizeof(id_bytes));
  append(id.data(), id.size());
  append(visitor.data(), visitor.size());
  const std::uint64_t hash = XXH3_64bits(text.data(), static_cast<std::size_t>(end - text.data()));
  return hash == 0 ? 1 : hash;
}

}  // namespace

Result<Events<Event>> Domain::decide(const State& state, const Policy& policy,
                                     const Command& command, const Context& context) {
  const UnixMs now = to_ms(context.now);
  const UnixMs at = command.at.value == 0 ? now : command.at;
  if (at.value > now.value + policy.future_ms_max)
    return Error::field("timestamp", "too_far_ahead",
                        "must be at most " + std::to_string(policy.future_ms_max / 1000) +
                            " seconds ahead of the server's clock");
  if (at.value < now.value - policy.late_days_max * (day_s * 1000LL) || at.value < 0)
    return Error::field("timestamp", "too_old",
                        "must be at most " + std::to_string(policy.late_days_max) + " days old");
  const Day day = day_of(at);
  if (day <= state.closed_through())
    return Error::field("timestamp", "too_old", "is of a day that is rolled up");
  const bool is_full =
      state.ids().size() >= policy.ids_max || state.id_bytes() + command.id.size() > ids_bytes_max;
  if (is_full && !state.ids().has(hash_of_id(command.id)))
    return Error{Errc::unavailable, "too many ids"};

  Events<Event> events;
  Event hit;
  hit.id = command.id;
  hit.at = at;
  if (!command.visitor.empty()) {
    const Id128* known = state.salt_of(day);
    const Id128 salt = known != nullptr ? *known : make_salt(context.secret, day);
    if (known == nullptr) {
      Event drawn;
      drawn.kind = Kind::salt_drawn;
      drawn.day = day;
      drawn.salt = salt;
      events.push_back(drawn);
    }
    hit.visitor = hash_of_visitor(salt, command.id, command.visitor);
  }
  events.push_back(hit);
  return events;
}

}  // namespace daybook::hits
