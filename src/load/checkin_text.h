// The text of one check-in with the load script's six fields, of one length whatever the values
// are, so that a request is made by overwriting digits in place. A school number shorter than the
// longest is followed by blanks outside its quotes, where JSON allows them.
//
// Thread: any, immutable after construction but for the cached digits of the last timestamp: one
// owner.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace daybook::load {

struct Checkin {
  std::int64_t unix_ms = 0;
  std::uint64_t id_high = 0;   // 16 hex digits of the person's id
  std::uint32_t id_low = 0;    // and 8
  std::uint32_t school = 0;    // below `schools`
  std::uint32_t celsius = 36;  // two digits
};

class CheckinText {
 public:
  // `as_line`: an NDJSON line of POST /events with its topic; otherwise the body of POST
  // /attendances. `schools`: how many there are, at least 1.
  CheckinText(std::uint32_t schools, bool as_line);

  [[nodiscard]] std::size_t size() const { return text_.size(); }
  // Writes size() bytes with placeholder values.
  void prepare(char* at) const;
  // Overwrites the values of a prepared text.
  void patch(char* at, const Checkin& checkin);

 private:
  std::string text_;
  std::size_t time_at_ = 0, user_at_ = 0, school_at_ = 0, celsius_at_ = 0;
  std::size_t school_digits_ = 1;
  std::int64_t cached_ms_ = 0;
  std::array<char, 13> cached_digits_{};
};

// "POST path HTTP/1.1" with Host, Content-Type and the length of a body to follow.
// `extra`: more header lines, each with its CRLF.
std::string request_head(const std::string& method, const std::string& path,
                         const std::string& host, const std::string& content_type,
                         std::size_t body_bytes, const std::string& extra = "");

}  // namespace daybook::load
