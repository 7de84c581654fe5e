// Hits: on one hot id as the reference's bench tool sends them, or over many ids and visitors, now
// or spread over a span of time.
//
// Thread: any; what is made here belongs to one worker.
#pragma once

#include "load/record_source.h"
#include "load/record_text.h"

#include <cstdint>
#include <memory>
#include <string>

namespace daybook::load {

struct HitLoad : RecordRequests {
  std::uint32_t ids = 1;       // named 1 and up
  std::uint32_t visitors = 0;  // different ones; 0: hits name none
  bool popular = false;        // low ids are hit more often than high ones
  // Not 0: hit i of `spread` happened at that share of the time from first_ms to now. 0: the server
  // says when.
  std::uint64_t spread = 0;
  std::int64_t first_ms = 0, now_ms = 0;
};
constexpr std::uint64_t spread_max = 10'000'000'000;  // times a span of ms fits 64 bits

class HitText final : public RecordText {
 public:
  HitText(const HitLoad& load, bool as_line);
  void write(char* at, const RecordSeed& record) override;

 private:
  std::uint32_t ids_, visitors_;
  bool popular_;
  std::uint64_t spread_, first_ms_, span_ms_;
  std::size_t id_at_ = 0, id_room_ = 0, time_at_ = 0, visitor_at_ = 0, visitor_digits_ = 0;
};

std::string hit_path(const HitLoad& load);
std::unique_ptr<RequestSource> hit_source(const HitLoad& load, unsigned thread);
// Hits 0 to load.spread - 1 of a seed.
std::unique_ptr<RequestSource> hit_seed_source(const HitLoad& load, SeedCursor& next_hit);

}  // namespace daybook::load
