// A setting: one row of the one settings table. Flags, environment names, the TOML file, the docs
// and `daybook config show` are all made from these rows; a domain adds its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daybook {

enum class SettingType : std::uint8_t { text, integer, real, boolean, text_list };

struct SettingSpec {
  std::string_view key;  // "attendance.late_days_max": TOML table.key, flag
                         // --attendance-late-days-max, environment DAYBOOK_ATTENDANCE_LATE_DAYS_MAX
  SettingType type = SettingType::text;
  std::string_view fallback;  // the default, as text; list items joined by ","
  std::string_view unit;      // "days", "bytes", "ms", or ""
  std::int64_t min = 0;       // integers only; max 0: no bounds
  std::int64_t max = 0;
  std::string_view help;  // one sentence
};

// Resolved values. Asking for a key that is not in the table or has another type is a bug
// (checked).
class Settings {
 public:
  virtual ~Settings() = default;
  [[nodiscard]] virtual std::string text(std::string_view key) const = 0;
  [[nodiscard]] virtual std::int64_t integer(std::string_view key) const = 0;
  [[nodiscard]] virtual double real(std::string_view key) const = 0;
  [[nodiscard]] virtual bool boolean(std::string_view key) const = 0;
  [[nodiscard]] virtual std::vector<std::string> text_list(std::string_view key) const = 0;
};

}  // namespace daybook
