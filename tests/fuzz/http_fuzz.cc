// Bytes of a connection → requests, cut into reads at points taken from the input. What is checked:
// the same bytes give the same requests however they are cut, and no view leaves its request.
#include "http/entity_tag.h"
#include "http/request_parser.h"
#include "http/request_plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace {

using daybook::http::Field;
using daybook::http::Head;
using daybook::http::RequestParser;

constexpr std::size_t header_bytes_max = 1024;
constexpr std::size_t body_bytes_max = 4096;

void require(bool good) {
  if (!good) __builtin_trap();
}

struct Seen {
  std::vector<std::string> requests;  // target, a NUL, body
  int status = 0;                     // of the refusal that ended the connection
  bool operator==(const Seen&) const = default;
};

void check_views(const Head& head, const std::string& buffer) {
  const auto inside = [&](std::string_view text) {
    if (!text.empty())
      require(text.data() >= buffer.data() &&
              text.data() + text.size() <= buffer.data() + head.bytes);
  };
  inside(head.target());
  for (std::size_t i = 0; i < static_cast<std::size_t>(Field::count_); ++i)
    inside(head.field(static_cast<Field>(i)));
  if (auto target = daybook::http::split_target(head.target()); target.ok()) {
    (void)daybook::http::parse_query(target->query).ok();
    (void)daybook::http::percent_decode(target->path, false).ok();
  }
  const auto key = daybook::http::parse_idempotency_key(head.field(Field::idempotency_key));
  if (key.ok()) {
    require(!key->empty() && key->size() <= daybook::http::idempotency_key_chars_max);
    for (const char c : *key) require(c > ' ' && c < 0x7F);
  }
  const std::string_view tags = head.field(Field::if_none_match);
  if (daybook::http::none_match_names(tags, "\"v1\""))
    require(tags.find('*') != std::string_view::npos ||
            tags.find("\"v1\"") != std::string_view::npos);
  (void)daybook::http::parse_traceparent(head.field(Field::traceparent));
}

// `step` 0: everything at once.
Seen run(std::string_view bytes, std::size_t step) {
  Seen seen;
  std::string
      buffer;  // from the current request's first byte (in a chunked body: after what was taken)
  std::string body, head_copy;
  RequestParser parser;
  bool in_chunks = false;
  while (!bytes.empty() && seen.status == 0) {
    const std::size_t size = step == 0 ? bytes.size() : std::min(step, bytes.size());
    buffer.append(bytes.substr(0, size));
    bytes.remove_prefix(size);
    for (;;) {
      if (!in_chunks) {
        const auto result = parser.read_head(buffer, header_bytes_max);
        if (result == RequestParser::Step::refused) {
          seen.status = parser.refusal().status;
          break;
        }
        if (result == RequestParser::Step::need_more) break;
        const Head& head = parser.head();
        check_views(head, buffer);
        if (!head.chunked) {
          if (head.content_length > body_bytes_max) {
            seen.status = 413;
            break;
          }
          const std::size_t end = head.bytes + static_cast<std::size_t>(head.content_length);
          if (buffer.size() < end) {
            parser.reset();  // and the head again with the next bytes
            break;
          }
          seen.requests.push_back(std::string(head.target()) + '\0' +
                                  buffer.substr(head.bytes, end - head.bytes));
          buffer.erase(0, end);
          parser.reset();
          if (buffer.empty()) break;
          continue;
        }
        head_copy = buffer.substr(0, head.bytes);
        parser.rebase(head_copy.data());
        buffer.erase(0, head_copy.size());
        in_chunks = true;
      }
      std::size_t used = 0;
      const auto result = parser.read_chunks(buffer, used, body, body_bytes_max);
      require(used <= buffer.size());
      require(body.size() <= body_bytes_max);
      buffer.erase(0, used);
      if (result == RequestParser::Step::refused) seen.status = parser.refusal().status;
      if (result != RequestParser::Step::done) break;
      check_views(parser.head(), head_copy);
      seen.requests.push_back(std::string(parser.head().target()) + '\0' + body);
      body.clear();
      parser.reset();
      in_chunks = false;
      if (buffer.empty()) break;
    }
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t step = 1 + data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Seen whole = run(bytes, 0);
  require(run(bytes, step) == whole);
  return 0;
}
