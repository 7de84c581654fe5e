#include "http/entity_tag.h"

#include "http/media_type.h"

namespace daybook::http {
namespace {

std::string_view opaque_tag(std::string_view etag) {
  return etag.starts_with("W/") ? etag.substr(2) : etag;
}

bool is_tag_char(char c) {
  return c == '!' || (c > '"' && c != 0x7F) || static_cast<unsigned char>(c) >= 0x80;
}

// How many bytes the entity tag at the start of `text` has; 0: there is none.
std::size_t tag_bytes(std::string_view text) {
  std::size_t at = text.starts_with("W/") ? 2 : 0;
  if (at >= text.size() || text[at] != '"') return 0;
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (!is_tag_char(text[at])) return 0;
  }
  return 0;
}

}  // namespace

bool none_match_names(std::string_view if_none_match, std::string_view etag) {
  std::string_view rest = trim_blanks(if_none_match);
  if (etag.empty()) return false;
  if (rest == "*") return true;
  bool named = false;
  while (!rest.empty()) {
    if (rest.front() == ',') {  // a list may have empty elements
      rest = trim_blanks(rest.substr(1));
      continue;
    }
    const std::size_t bytes = tag_bytes(rest);
    if (bytes == 0) return false;
    named = named || opaque_tag(rest.substr(0, bytes)) == opaque_tag(etag);
    rest = trim_blanks(rest.substr(bytes));
    if (!rest.empty() && rest.front() != ',') return false;
  }
  return named;
}

void answer_not_modified(Response& response, std::string_view if_none_match) {
  if (response.status < 200 || response.status >= 300) return;
  if (!none_match_names(if_none_match, response.etag)) return;
  response.status = 304;
  response.body.clear();
  response.shared_body.reset();
  response.stream.reset();
}

}  // namespace daybook::http
