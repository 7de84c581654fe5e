#include "blobs/multipart.h"

#include <optional>

namespace daybook::blobs {
namespace {

constexpr std::size_t boundary_bytes_max = 70;  // RFC 2046
constexpr std::size_t upload_parts_max = 64;
constexpr std::size_t part_header_bytes_max = 8192;
constexpr std::size_t parameters_max = 16;

Error malformed(std::string_view what) {
  return Error{Errc::malformed, "multipart body: " + std::string(what)};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// tchar of RFC 9110 section 5.6.2.
bool is_token_char(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos && c != '\0';
}

// A header value's `; name=value` list, one at a time. Quoted strings keep their backslashes: the
// caller gets a view. `ok` turns false at the first thing that is no parameter.
class Parameters {
 public:
  // `text`: from the first ';' on.
  explicit Parameters(std::string_view text) : rest_(trim(text)) {}

  bool next(std::string_view& name, std::string_view& value) {
    if (rest_.empty()) return false;
    if (rest_.front() != ';' || ++count_ > parameters_max) return fail();
    rest_ = trim(rest_.substr(1));
    if (rest_.empty()) return false;  // a last ';' with nothing behind it
    name = take_token();
    if (name.empty() || rest_.empty() || rest_.front() != '=') return fail();
    rest_.remove_prefix(1);
    if (!rest_.empty() && rest_.front() == '"') {
      if (!take_quoted(value)) return fail();
    } else {
      value = take_value();
      if (value.empty()) return fail();
    }
    rest_ = trim(rest_);
    return true;
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  bool fail() {
    ok_ = false;
    rest_ = {};
    return false;
  }
  std::string_view take_token() {
    std::size_t size = 0;
    while (size < rest_.size() && is_token_char(rest_[size])) ++size;
    return take(size);
  }
  // Unquoted values: what clients send is wider than a token (boundaries with '=' or '/').
  std::string_view take_value() {
    std::size_t size = 0;
    while (size < rest_.size() && rest_[size] != ';' && rest_[size] != '"' &&
           !is_blank(rest_[size]))
      ++size;
    return take(size);
  }
  bool take_quoted(std::string_view& value) {
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '\\') {
        ++i;
      } else if (rest_[i] == '"') {
        value = rest_.substr(1, i - 1);
        rest_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }
  std::string_view take(std::size_t size) {
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  std::size_t count_ = 0;
  bool ok_ = true;
};

std::string_view main_value(std::string_view header) {
  return trim(header.substr(0, header.find(';')));
}
Parameters parameters_of(std::string_view header) {
  const auto semicolon = header.find(';');
  return Parameters(semicolon == std::string_view::npos ? std::string_view{}
                                                        : header.substr(semicolon));
}

// bchars of RFC 2046 section 5.1.1; the last may not be a space.
bool valid_boundary(std::string_view boundary) {
  if (boundary.empty() || boundary.size() > boundary_bytes_max || boundary.back() == ' ')
    return false;
  for (const char c : boundary) {
    const bool alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alphanumeric &&
        (c == '\0' || std::string_view("'()+_,-./:=? ").find(c) == std::string_view::npos))
      return false;
  }
  return true;
}

Result<std::string> boundary_of(std::string_view content_type) {
  if (!equal_ignoring_case(main_value(content_type), "multipart/form-data"))
    return Error{Errc::unsupported_media, "the body must be multipart/form-data"};
  auto parameters = parameters_of(content_type);
  std::string_view name, value;
  std::optional<std::string_view> boundary;
  while (parameters.next(name, value)) {
    if (!equal_ignoring_case(name, "boundary")) continue;
    if (boundary) return Error{Errc::unsupported_media, "multipart/form-data with two boundaries"};
    boundary = value;
  }
  if (!parameters.ok() || !boundary || !valid_boundary(*boundary))
    return Error{Errc::unsupported_media,
                 "multipart/form-data needs one boundary of 1 to 70 allowed characters"};
  return std::string(*boundary);
}

// Where a delimiter line stands: `begin` at its CRLF (or at the body's start), `end` after its own
// CRLF.
struct Delimiter {
  std::size_t begin = 0, end = 0;
  bool closing = false;
};

class Framing {
 public:
  Framing(std::string_view body, const std::string& boundary)
      : body_(body), dashed_("\r\n--" + boundary) {}

  // The next delimiter at or after `from`. Text that only begins like the delimiter is content.
  [[nodiscard]] std::optional<Delimiter> next(std::size_t from) const {
    if (from == 0) {
      const auto dashes = std::string_view(dashed_).substr(2);
      if (body_.starts_with(dashes))
        if (const auto found = finish(0, dashes.size())) return found;
    }
    for (auto at = body_.find(dashed_, from); at != std::string_view::npos;
         at = body_.find(dashed_, at + 2)) {
      if (const auto found = finish(at, at + dashed_.size())) return found;
    }
    return std::nullopt;
  }

 private:
  // After the boundary: "--" closes; then blanks; then CRLF (or, closing only, the end of the
  // body).
  [[nodiscard]] std::optional<Delimiter> finish(std::size_t begin, std::size_t at) const {
    Delimiter found{begin, at, body_.substr(at, 2) == "--"};
    if (found.closing) at += 2;
    while (at < body_.size() && is_blank(body_[at])) ++at;
    if (body_.substr(at, 2) == "\r\n") {
      found.end = at + 2;
      return found;
    }
    if (found.closing && at == body_.size()) {
      found.end = at;
      return found;
    }
    return std::nullopt;
  }

  std::string_view body_;
  std::string dashed_;
};

struct PartHead {
  FormPart part;
  bool has_disposition = false;
};

Result<void> take_disposition(std::string_view value, PartHead& head) {
  if (head.has_disposition) return malformed("a part with two Content-Disposition headers");
  if (!equal_ignoring_case(main_value(value), "form-data"))
    return malformed("a part that is no form-data");
  head.has_disposition = true;
  auto parameters = parameters_of(value);
  std::string_view name, text;
  bool has_name = false;
  while (parameters.next(name, text)) {
    const bool is_name = equal_ignoring_case(name, "name");
    if (!is_name && !equal_ignoring_case(name, "filename")) continue;
    bool& seen = is_name ? has_name : head.part.has_file_name;
    if (seen) return malformed("a Content-Disposition parameter that stands twice");
    seen = true;
    (is_name ? head.part.name : head.part.file_name) = text;
  }
  if (!parameters.ok()) return malformed("a Content-Disposition that cannot be read");
  if (!has_name) return malformed("a part without a name");
  return {};
}

// `headers`: the lines before the empty line, without the last CRLF.
Result<PartHead> read_headers(std::string_view headers) {
  PartHead head;
  while (!headers.empty()) {
    const auto end = headers.find("\r\n");
    const auto line = headers.substr(0, end);
    headers = end == std::string_view::npos ? std::string_view{} : headers.substr(end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0)
      return malformed("a part header without name");
    const auto name = line.substr(0, colon);
    const auto value = trim(line.substr(colon + 1));
    if (equal_ignoring_case(name, "content-disposition"))
      DAYBOOK_TRY_VOID(take_disposition(value, head));
    else if (equal_ignoring_case(name, "content-type"))
      head.part.content_type = value;
  }
  if (!head.has_disposition) return malformed("a part without Content-Disposition");
  return head;
}

// Browsers send an empty file name for a file field that was left empty.
bool is_file(const FormPart& part) {
  if (part.has_file_name) return !part.file_name.empty() || !part.bytes.empty();
  return equal_ignoring_case(part.content_type.substr(0, 6), "image/");
}

}  // namespace

Result<void> for_each_part(std::string_view content_type, std::string_view body,
                           std::size_t parts_max,
                           const std::function<Result<bool>(const FormPart&)>& f) {
  DAYBOOK_TRY(const std::string boundary, boundary_of(content_type));
  const Framing framing(body, boundary);
  auto delimiter = framing.next(0);
  if (!delimiter) return malformed("the boundary never appears");
  for (std::size_t parts = 0; !delimiter->closing; ++parts) {
    if (parts == parts_max) return malformed("more than " + std::to_string(parts_max) + " parts");
    // The CRLF of the delimiter line may begin the next delimiter: an empty part, without headers.
    const std::size_t begin = delimiter->end;
    const auto next = framing.next(begin - 2);
    if (!next) return malformed("cut short: the closing boundary is missing");
    if (next->begin < begin) return malformed("a part without headers");
    const auto part = body.substr(begin, next->begin - begin);
    const auto headers_end = part.substr(0, part_header_bytes_max).find("\r\n\r\n");
    if (headers_end == std::string_view::npos)
      return malformed("a part whose headers do not end or are too long");
    DAYBOOK_TRY(PartHead head, read_headers(part.substr(0, headers_end)));
    head.part.bytes = part.substr(headers_end + 4);
    DAYBOOK_TRY(const bool more, f(head.part));
    if (!more) return {};
    delimiter = next;
  }
  return {};
}

Result<FormPart> first_file_part(std::string_view content_type, std::string_view body) {
  std::optional<FormPart> file;
  DAYBOOK_TRY_VOID(for_each_part(content_type, body, upload_parts_max,
                                 [&](const FormPart& part) -> Result<bool> {
                                   if (is_file(part)) file = part;
                                   return !file;
                                 }));
  if (!file) return Error::field("image", "missing", "needs a file part");
  return *file;
}

}  // namespace daybook::blobs
