#include "domains/forms/definition_parts.h"

#include <daybook/fields.h>
#include <daybook/texts.h>
#include <daybook/time_zone.h>

#include <algorithm>

namespace daybook::forms {
namespace {

constexpr std::size_t address_bytes_max = 2048;  // of an origin or a redirect

void wrong(const Pointer& at, DefinitionFaults& faults, std::string_view rule) {
  faults.add(at, "wrong_value", std::string(rule));
}

void read_text(const json::Value& value, const Pointer& at, std::size_t chars_max, std::string& out,
               DefinitionFaults& faults) {
  if (value.is_string() && json::count_chars(value.string()) <= chars_max) {
    out = value.string();
  } else {
    wrong(at, faults, "must be a text of at most " + std::to_string(chars_max) + " characters");
  }
}

template <class Number>
void read_count(const json::Value& value, const Pointer& at, Number max, Number& out,
                DefinitionFaults& faults) {
  const auto number = value.as_int64();
  if (number && *number >= 0 && *number <= static_cast<std::int64_t>(max)) {
    out = static_cast<Number>(*number);
  } else {
    wrong(at, faults, "must be a whole number of 0 to " + std::to_string(max));
  }
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

// A page of this server ("/thanks", but not "//host") or an address with a host.
bool is_redirect(std::string_view text) {
  if (!is_printable(text) || text.find_first_of("\\\"<>") != std::string_view::npos) return false;
  if (text.starts_with('/')) return !text.starts_with("//");
  const auto host = after_scheme(text);
  return !host.empty() && host.front() != '/' && host.front() != '*';
}

void read_addresses(const json::Value& value, const Pointer& at, std::size_t max,
                    bool (*is_fine)(std::string_view), std::string_view rule,
                    std::vector<std::string>& out, DefinitionFaults& faults) {
  if (!value.is_array()) return wrong(at, faults, "must be a list of texts");
  std::size_t index = 0;
  value.each_element([&](const json::Value& entry) {
    const auto place = index_text(index++);
    if (index > max) return;
    if (entry.is_string() && entry.string().size() <= address_bytes_max &&
        is_fine(entry.string())) {
      out.emplace_back(entry.string());
    } else {
      wrong(Pointer{&at, place}, faults, rule);
    }
  });
  if (index > max)
    faults.add(at, "too_many", "must have at most " + std::to_string(max) + " entries");
}

bool is_zone_name(std::string_view text) {
  return !text.empty() && text.size() <= zone_name_chars_max && text.front() != '/' &&
         text.find("..") == std::string_view::npos && is_printable(text);
}

}  // namespace

void read_option(std::string_view name, const json::Value& value, const Pointer& at, Options& out,
                 DefinitionFaults& faults, bool& known) {
  known = true;
  if (name == "title") return read_text(value, at, title_chars_max, out.title, faults);
  if (name == "honeypot") return read_text(value, at, field_chars_max, out.honeypot, faults);
  if (name == "min_fill_ms") return read_count(value, at, fill_ms_max, out.min_fill_ms, faults);
  if (name == "rate_per_minute")
    return read_count(value, at, rate_per_minute_max, out.rate_per_minute, faults);
  if (name == "rate_burst")
    return read_count(value, at, rate_per_minute_max, out.rate_burst, faults);
  if (name == "allowed_origins")
    return read_addresses(value, at, origins_max, is_origin,
                          "must be an origin such as https://example.org, in lower case",
                          out.allowed_origins, faults);
  if (name == "redirects")
    return read_addresses(value, at, redirects_max, is_redirect,
                          "must be a page such as https://example.org/thanks or /thanks",
                          out.redirects, faults);
  if (name == "closed") {
    if (value.kind() != json::Kind::boolean) return wrong(at, faults, "must be true or false");
    out.closed = value.boolean();
    return;
  }
  if (name == "time_zone") {
    if (!value.is_string() || !is_zone_name(value.string()))
      return wrong(at, faults, "must be the name of a time zone such as Europe/Berlin");
    out.time_zone = value.string();
    return;
  }
  known = false;
}

void check_options(const json::Value& definition, const Pointer& at, Compiled& out,
                   DefinitionFaults& faults) {
  auto& options = out.options;
  if (!options.honeypot.empty() && out.rules.find(options.honeypot, 0) != out.rules.fields.size())
    wrong(Pointer{&at, "honeypot"}, faults, "must not be a field of the schema");
  for (const std::string_view taken : {redirect_member, started_member}) {
    if (options.honeypot == taken)
      wrong(Pointer{&at, "honeypot"}, faults, "must not be a member that every form has");
    if (out.rules.find(taken, 0) != out.rules.fields.size())
      wrong(Pointer{&at, "schema"}, faults,
            "must not name " + std::string(taken) + ", which is taken out before the check");
  }
  const bool has_burst = definition.find("rate_burst").has_value();
  if (!has_burst) options.rate_burst = options.rate_per_minute;
  if (has_burst && options.rate_per_minute == 0)
    wrong(Pointer{&at, "rate_burst"}, faults, "needs a rate_per_minute above 0");
  if (has_burst && options.rate_per_minute != 0 && options.rate_burst == 0)
    wrong(Pointer{&at, "rate_burst"}, faults, "must be at least 1");
}

}  // namespace daybook::forms
