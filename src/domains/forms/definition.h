// Definition: what a form asks for, compiled from the JSON of PUT /forms/{name}: a subset of JSON
// Schema 2020-12, clean-up rules and messages per field, and the form's options
// (docs/forms-schema.md). A word outside the subset is refused here, never ignored.
// Thread: immutable after compile(), so any thread may check bodies against it. compile() and
// check() are pure: same input, same answer; they read no clock and no tzdata.
#pragma once

#include "domains/forms/node.h"

#include <daybook/result.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::forms {

constexpr std::size_t definition_bytes_max = 64 * 1024;
constexpr std::size_t title_chars_max = 200;
// Members of a body that are not part of the submission, so no schema may ask for them.
constexpr std::string_view redirect_member = "_redirect";
constexpr std::string_view started_member = "_started";
constexpr std::size_t origins_max = 64;    // of allowed_origins
constexpr std::size_t redirects_max = 64;  // of redirects
constexpr std::int64_t fill_ms_max = 24 * 3600 * 1000;
constexpr std::uint32_t rate_per_minute_max = 1'000'000;

struct Options {
  std::string title;
  std::string honeypot;                      // a member that people never fill; empty: none
  std::int64_t min_fill_ms = 0;              // 0: no limit
  std::uint32_t rate_per_minute = 0;         // 0: no limit
  std::uint32_t rate_burst = 0;              // as given, else rate_per_minute
  std::vector<std::string> allowed_origins;  // "https://example.org"; empty: any
  std::vector<std::string> redirects;        // "https://example.org/thanks" or "/thanks"
  bool closed = false;
  // For counts per day, "UTC" unless given. Its spelling is checked here; whether the system knows
  // it (TimeZone::exists) is for the caller to ask when a form is saved.
  std::string time_zone = "UTC";
};

struct Compiled;  // definition_parts.h

class Definition {
 public:
  // Errc::malformed: not JSON. Errc::too_large: over definition_bytes_max. Errc::invalid: a
  // FieldError per fault (at most faults_max), `field` a JSON pointer into the definition
  // ("/schema/properties/age/pattern").
  static Result<std::shared_ptr<const Definition>> compile(const json::Value& definition);
  static Result<std::shared_ptr<const Definition>> compile(std::string_view definition_json);

  explicit Definition(std::unique_ptr<const Compiled> compiled);  // for compile() only
  ~Definition();
  Definition(const Definition&) = delete;
  Definition& operator=(const Definition&) = delete;

  [[nodiscard]] const Options& options() const;
  // The definition as it was given, minified: compile() of it gives the same Definition.
  [[nodiscard]] const std::string& definition_json() const;
  // The schema as plain JSON Schema 2020-12, minified, so that clients can check with ajv.
  [[nodiscard]] const std::string& schema_json() const;
  // The names of the top-level properties in the order of the definition.
  [[nodiscard]] const std::vector<std::string>& columns() const;

  // Cleans `body` by the clean-up rules, then checks it. Returns the cleaned body as JSON text,
  // valid as long as `arena`: unknown members are kept, the honeypot is left out, defaults stand
  // last. Errc::too_large: it would take too long (check_steps_max). Errc::invalid lists the first
  // error of each field in the order of the definition; `field` is spelt "email", "address.street",
  // "tags[0]", or "" for the body as a whole. `from_form`: the body was an HTML form, so all its
  // values are texts or arrays of texts. Where the schema asks for something else "38" is a number,
  // "true" and "on" are true, "false" and "off" are false, one text is an array of one, and an
  // empty text is no value at all.
  [[nodiscard]] Result<std::string_view> check(const Node& body, bool from_form,
                                               Arena& arena) const;
  [[nodiscard]] std::size_t memory_bytes() const;  // about

 private:
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace daybook::forms
