// Files with durability said: every write here is fsynced, new names too.
#pragma once

#include <daybook/result.h>

#include <string>
#include <string_view>

namespace daybook {
// Errors: Errc::unavailable with path and errno text (not_found when there is no such file).
Result<std::string> read_file(const std::string& path);
// Writes beside, fsyncs, renames over, fsyncs the directory. `mode`: 0600, 0644, ...
Result<void> write_file_durable(const std::string& path, std::string_view bytes, unsigned mode);
Result<void> fsync_directory(const std::string& path);
// mkdir -p, with each new name fsynced in its parent.
Result<void> make_directories(const std::string& path);
std::string errno_text(int error);
}  // namespace daybook
