#include "http/media_type.h"

#include <algorithm>

namespace daybook::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool equal_no_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view media_type(std::string_view content_type) {
  return trim_blanks(content_type.substr(0, content_type.find(';')));
}

bool is_json_type(std::string_view content_type) {
  const std::string_view media = media_type(content_type);
  if (equal_no_case(media, "application/json")) return true;
  return media.size() > 17 && equal_no_case(media.substr(0, 12), "application/") &&
         equal_no_case(media.substr(media.size() - 5), "+json");
}

bool charset_is_utf8(std::string_view content_type) {
  const std::size_t semicolon = content_type.find(';');
  if (semicolon == std::string_view::npos) return true;
  const std::string_view parameter = trim_blanks(content_type.substr(semicolon + 1));
  const std::size_t equals = parameter.find('=');
  if (equals == std::string_view::npos ||
      !equal_no_case(trim_blanks(parameter.substr(0, equals)), "charset"))
    return true;
  std::string_view value = trim_blanks(parameter.substr(equals + 1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  return equal_no_case(value, "utf-8") || equal_no_case(value, "utf8");
}

bool is_gzip(std::string_view content_encoding) {
  return equal_no_case(content_encoding, "gzip") || equal_no_case(content_encoding, "x-gzip");
}

FormType form_type(std::string_view content_type) {
  const std::string_view media = media_type(content_type);
  if (equal_no_case(media, "application/x-www-form-urlencoded")) return FormType::urlencoded;
  if (equal_no_case(media, "multipart/form-data")) return FormType::multipart;
  return FormType::none;
}

}  // namespace daybook::http
