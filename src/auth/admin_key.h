// The admin key: made at the first start, shown once, stored as a SHA-256 in <data>/admin-key.
// Scoped keys will stand beside it in this folder.
//
// Threads: check() from any; it looks at the file again when it has changed (`daybook key rotate`).
#pragma once

#include <daybook/result.h>

#include <memory>
#include <string>
#include <string_view>

namespace daybook::auth {

class AdminKey {
 public:
  struct Opened {
    std::unique_ptr<AdminKey> key;
    std::string fresh;  // the key in clear, only when it was made just now; show it once
  };
  // Opens <data_dir>/admin-key, making it (mode 0600, fsynced, directory too) when missing.
  static Result<Opened> open(const std::string& data_dir);
  // Replaces the key; returns the new one in clear. Works beside a running server.
  static Result<std::string> rotate(const std::string& data_dir);

  ~AdminKey();
  // Constant-time comparison of hashes. `authorization`: the header's value, "Bearer <key>" (scheme
  // in any case).
  [[nodiscard]] bool check(std::string_view authorization);

 private:
  AdminKey();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::auth
