// What one event looks like as a webhook: body, headers, signature. Pure. Threads: any.
//
// Sources: CloudEvents 1.0 JSON format (structured mode); the Standard Webhooks specification
// (webhook-id, webhook-timestamp, webhook-signature; HMAC-SHA256 "v1" over "id.timestamp.body").
#pragma once

#include <daybook/ids.h>
#include <daybook/publish.h>
#include <daybook/result.h>

#include <string>
#include <string_view>
#include <vector>

namespace daybook::webhook_sink {

constexpr std::size_t secret_bytes_min = 24;
constexpr std::size_t secret_bytes_max = 64;
constexpr std::size_t secrets_max = 3;  // several while they rotate: each signs

// The lines of a secret file, "whsec_" and base64 each, the newest first; empty lines and lines
// that begin with # are passed over. Errc::invalid in words without the secret.
Result<std::vector<std::string>> parse_secrets(std::string_view text);

// The body. `source`: the CloudEvents source.
std::string cloud_event(const PublicEvent& event, std::string_view source);

// The value of webhook-signature: "v1,<base64>" for each secret, with blanks between.
std::string signatures(const std::vector<std::string>& secrets, std::string_view id,
                       std::int64_t timestamp_s, std::string_view body);

// All headers of the request.
std::vector<std::string> headers(const std::vector<std::string>& secrets, const PublicEvent& event,
                                 std::int64_t timestamp_s, std::string_view body);

}  // namespace daybook::webhook_sink
