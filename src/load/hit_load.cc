#include "load/hit_load.h"

#include <daybook/check.h>

#include <array>
#include <charconv>

namespace daybook::load {

HitText::HitText(const HitLoad& load, bool as_line)
    : RecordText("hits", as_line),
      ids_(load.ids),
      visitors_(load.visitors),
      popular_(load.popular),
      spread_(load.spread),
      first_ms_(static_cast<std::uint64_t>(load.first_ms)),
      span_ms_(static_cast<std::uint64_t>(load.now_ms - load.first_ms)) {
  DAYBOOK_CHECK(load.ids >= 1 && load.spread <= spread_max && load.first_ms <= load.now_ms);
  id_room_ = std::to_string(load.ids).size() + 1;
  text_ += R"({"id":")";
  id_at_ = add_room(id_room_);
  write_quoted_end(&text_[id_at_], id_room_, "1");
  if (spread_ != 0) {
    text_ += R"(,"timestamp":)";
    time_at_ = add_room(time_digits);
    write_digits(&text_[time_at_], time_digits, first_ms_);
  }
  if (visitors_ != 0) {
    visitor_digits_ = std::to_string(visitors_ - 1).size();
    text_ += R"(,"visitor":"v)";
    visitor_at_ = add_room(visitor_digits_);
    text_ += '"';
  }
  text_ += '}';
  end();
}

void HitText::write(char* at, const RecordSeed& record) {
  if (ids_ > 1) {
    const std::uint64_t bits = record.random.next();
    std::uint32_t id = share_of(static_cast<std::uint32_t>(bits), ids_);
    if (popular_) id = share_of(static_cast<std::uint32_t>(bits >> 32), id + 1);
    std::array<char, 10> name;
    const char* const name_end = std::to_chars(name.data(), name.data() + name.size(), id + 1).ptr;
    write_quoted_end(at + id_at_, id_room_,
                     {name.data(), static_cast<std::size_t>(name_end - name.data())});
  }
  if (spread_ != 0)
    write_digits(at + time_at_, time_digits, first_ms_ + span_ms_ * record.number / spread_);
  if (visitors_ != 0) {
    const auto bits = static_cast<std::uint32_t>(record.random.next());
    write_digits(at + visitor_at_, visitor_digits_, share_of(bits, visitors_));
  }
}

std::string hit_path(const HitLoad& load) { return path_of(load, "/analytics"); }

std::unique_ptr<RequestSource> hit_source(const HitLoad& load, unsigned thread) {
  RecordRequests requests = load;
  requests.path = hit_path(load);
  return std::make_unique<DrawnSource>(requests, std::make_unique<HitText>(load, load.batch != 0),
                                       thread);
}

std::unique_ptr<RequestSource> hit_seed_source(const HitLoad& load, SeedCursor& next_hit) {
  return std::make_unique<CountedSource>(load, std::make_unique<HitText>(load, true), load.spread,
                                         next_hit);
}

}  // namespace daybook::load
