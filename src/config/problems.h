// Every wrong thing of all sources, so that one run tells all.
//
// Main thread.
#pragma once

#include <daybook/result.h>

#include <string>
#include <string_view>
#include <vector>

namespace daybook::config {

class Problems {
 public:
  void add(std::string_view field, std::string_view code, std::string text) {
    fields_.push_back({std::string(field), std::string(code), std::move(text)});
  }
  void wrong_value(std::string_view key, const std::string& problem, const std::string& origin) {
    add(key, "wrong_value", std::string(key) + " " + problem + " (" + origin + ")");
  }
  // Those of another error, line by line.
  void add_all(const Error& error) {
    if (error.fields.empty()) return add("", "invalid", error.message);
    fields_.insert(fields_.end(), error.fields.begin(), error.fields.end());
  }
  [[nodiscard]] bool empty() const { return fields_.empty(); }
  Error take() && {
    std::string message;
    for (const auto& field : fields_) message += (message.empty() ? "" : "\n") + field.message;
    return Error{Errc::invalid, std::move(message), std::move(fields_)};
  }

 private:
  std::vector<FieldError> fields_;
};

}  // namespace daybook::config
