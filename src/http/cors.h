// Cross-origin rules (the Fetch standard): "*" without credentials, or exact origins.
//
// Threads: any; read-only after construction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::http {

constexpr std::string_view cors_max_age_s = "7200";

class Cors {
 public:
  explicit Cors(std::vector<std::string> origins);

  // What one request's Origin header gets; small, kept with the request until it is answered.
  enum : std::int16_t { none = -1, any = -2 };  // >= 0: the origin with that number
  [[nodiscard]] std::int16_t match(std::string_view origin) const;
  // What a GET gets without an Origin header: it may be cached and shown to another origin later.
  [[nodiscard]] std::int16_t without_origin() const { return any_ ? any : none; }

  // The lines of an ordinary answer.
  void append_headers(std::string& out, std::int16_t matched) const;
  // The further lines of a preflight's answer. `allow`: the path's methods.
  void append_preflight(std::string& out, std::int16_t matched, std::string_view allow) const;

 private:
  std::vector<std::string> origins_;
  bool any_ = false;
};

}  // namespace daybook::http
