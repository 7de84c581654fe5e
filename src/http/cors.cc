#include "http/cors.h"

#include <algorithm>

namespace daybook::http {

Cors::Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {
  any_ = std::find(origins_.begin(), origins_.end(), "*") != origins_.end();
}

std::int16_t Cors::match(std::string_view origin) const {
  if (origin.empty()) return none;
  if (any_) return any;
  for (std::size_t i = 0; i < origins_.size(); ++i)
    if (origins_[i] == origin) return static_cast<std::int16_t>(i);
  return none;
}

void Cors::append_headers(std::string& out, std::int16_t matched) const {
  // With a list of origins every answer differs by Origin, also those that did not match.
  if (!any_ && !origins_.empty()) out += "Vary: Origin\r\n";
  if (matched == none) return;
  out += "Access-Control-Allow-Origin: ";
  out += matched == any ? std::string_view{"*"} : origins_[static_cast<std::size_t>(matched)];
  out +=
      "\r\nAccess-Control-Expose-Headers: Daybook-Receipt, ETag, Idempotent-Replayed, Location, "
      "Retry-After\r\n";
}

void Cors::append_preflight(std::string& out, std::int16_t matched, std::string_view allow) const {
  if (matched == none) return;
  out += "Access-Control-Allow-Methods: ";
  out += allow;
  out +=
      "\r\nAccess-Control-Allow-Headers: Content-Type, Content-Encoding, Authorization, "
      "Idempotency-Key, If-None-Match, traceparent\r\nAccess-Control-Max-Age: ";
  out += cors_max_age_s;
  out += "\r\n";
}

}  // namespace daybook::http
