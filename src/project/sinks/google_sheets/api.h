// What the Sheets API is asked, and what became of it: the token, the quota, the answer's meaning.
//
// Threads: an api belongs to its sink.
#pragma once

#include <daybook/json.h>
#include <daybook/sink.h>

#include "outbound/http_client.h"
#include "outbound/service_account.h"
#include "outbound/token_bucket.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace daybook::google_sheets_sink {

struct Reply {
  enum class Kind : std::uint8_t {
    done,
    busy,     // not now, and nothing was changed
    lost,     // not now, and it is not known whether it was done
    refused,  // 400, 413: Google does not take this request
    denied,   // only a person can help
  };
  Kind kind = Kind::done;
  std::string body;           // of done
  std::string reason;         // else; for a person, no cell's content
  std::int64_t retry_ms = 0;  // Retry-After
  // Of neither done nor refused.
  [[nodiscard]] Delivery problem() const {
    return kind == Kind::denied ? Delivery::disabled(reason)
                                : Delivery::unavailable(reason, retry_ms);
  }
};

class Api {
 public:
  Api(std::string base_url, std::int64_t writes_per_minute, outbound::HttpOptions http,
      outbound::ServiceAccount account);

  Reply read(const std::string& path, SinkContext& context);
  // Waits for the quota first.
  Reply write(const std::string& path, std::string_view body, SinkContext& context);

 private:
  Reply send(const char* method, const std::string& path, std::string_view body,
             SinkContext& context);
  Reply meaning(const outbound::HttpAnswer& answer);

  const std::string base_url_;
  outbound::HttpClient http_;
  outbound::ServiceAccount account_;
  outbound::TokenBucket bucket_;
  json::Parser parser_;
};

// Google's words about a 400 up to where they may quote a cell.
std::string safe_words(std::string_view message);

}  // namespace daybook::google_sheets_sink
