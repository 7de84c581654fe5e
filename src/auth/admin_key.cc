#include "auth/admin_key.h"

#include "base/base64.h"
#include "base/digest.h"
#include "base/files.h"
#include "base/hex.h"
#include "base/logging.h"
#include "base/mutex.h"
#include "base/random.h"

#include <sys/stat.h>

#include <array>
#include <chrono>
#include <optional>
#include <span>

namespace daybook::auth {
namespace {

constexpr std::string_view key_prefix = "dbk_admin_";
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t presented_bytes_max = 256;  // longer is no key of ours and is not hashed
constexpr unsigned file_mode = 0600;
constexpr auto recheck_interval = std::chrono::milliseconds(100);
constexpr std::string_view line_prefix = "sha256 ";

std::string path_of(const std::string& data_dir) { return data_dir + "/admin-key"; }

std::string fresh_key() {
  std::array<std::uint8_t, secret_bytes> secret{};
  system_random(secret);
  return std::string(key_prefix) +
         base64url({reinterpret_cast<const char*>(secret.data()), secret.size()});
}

Result<void> store(const std::string& path, const std::string& key) {
  const std::string line = std::string(line_prefix) + to_hex(sha256(key)) + "\n";
  return write_file_durable(path, line, file_mode);
}

// Which file it was: a rename over it changes the inode, a write in place the times or the size.
struct Identity {
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t modified_ns = 0, changed_ns = 0;
  friend bool operator==(const Identity&, const Identity&) = default;
};

std::optional<Identity> identity_of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  constexpr std::int64_t ns_per_s = 1'000'000'000;
  return Identity{info.st_ino, info.st_size, info.st_mtim.tv_sec * ns_per_s + info.st_mtim.tv_nsec,
                  info.st_ctim.tv_sec * ns_per_s + info.st_ctim.tv_nsec};
}

Result<Hash256> load(const std::string& path) {
  DAYBOOK_TRY(const std::string text, read_file(path));
  Hash256 hash{};
  std::string_view line = text;
  if (!line.starts_with(line_prefix) || !line.ends_with('\n') ||
      !from_hex(line.substr(line_prefix.size(), line.size() - line_prefix.size() - 1), hash))
    return Error{Errc::corrupt,
                 path + " is no key file; `daybook key rotate` writes a new one with a new key"};
  return hash;
}

std::string_view as_text(const Hash256& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

bool is_bearer(std::string_view scheme) {
  constexpr std::string_view bearer = "bearer";
  if (scheme.size() != bearer.size()) return false;
  for (std::size_t i = 0; i < bearer.size(); ++i) {
    const char c = scheme[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != bearer[i]) return false;
  }
  return true;
}

// "Bearer <key>" → the key; nullopt for anything else.
std::optional<std::string_view> bearer_token(std::string_view authorization) {
  const auto space = authorization.find(' ');
  if (space == std::string_view::npos || !is_bearer(authorization.substr(0, space)))
    return std::nullopt;
  const auto first = authorization.find_first_not_of(' ', space);
  if (first == std::string_view::npos) return std::nullopt;
  const auto last = authorization.find_last_not_of(' ');
  const auto token = authorization.substr(first, last - first + 1);
  if (token.size() > presented_bytes_max) return std::nullopt;
  return token;
}

}  // namespace

struct AdminKey::Impl {
  std::string path;
  Mutex mutex;
  std::optional<Hash256> hash GUARDED_BY(mutex);  // none: the file is gone or broken; nobody passes
  std::optional<Identity> identity GUARDED_BY(mutex);
  std::chrono::steady_clock::time_point looked_at GUARDED_BY(mutex);

  void reload() REQUIRES_LOCK(mutex);
  std::optional<Hash256> current() EXCLUDES_LOCK(mutex);
};

void AdminKey::Impl::reload() {
  // The identity is taken before the bytes: a change in between is seen by the next look.
  identity = identity_of(path);
  auto loaded = load(path);
  hash.reset();
  if (loaded)
    hash = *loaded;
  else
    log_warn("the admin key cannot be read; no key is accepted",
             {{"reason", loaded.error().message}});
}

std::optional<Hash256> AdminKey::Impl::current() {
  LockGuard lock(mutex);
  const auto now = std::chrono::steady_clock::now();
  if (now - looked_at >= recheck_interval) {
    looked_at = now;
    if (identity_of(path) != identity) reload();
  }
  return hash;
}

AdminKey::AdminKey() : impl_(std::make_unique<Impl>()) {}
AdminKey::~AdminKey() = default;

Result<AdminKey::Opened> AdminKey::open(const std::string& data_dir) {
  DAYBOOK_TRY_VOID(make_directories(data_dir));
  Opened opened;
  const std::string path = path_of(data_dir);
  auto loaded = load(path);
  if (!loaded) {
    if (loaded.error().code != Errc::not_found) return std::move(loaded).error();
    opened.fresh = fresh_key();
    DAYBOOK_TRY_VOID(store(path, opened.fresh));
  }
  opened.key.reset(new AdminKey);  // NOLINT: the constructor is private
  auto& impl = *opened.key->impl_;
  impl.path = path;
  LockGuard lock(impl.mutex);
  impl.looked_at = std::chrono::steady_clock::now();
  impl.reload();
  return opened;
}

Result<std::string> AdminKey::rotate(const std::string& data_dir) {
  struct stat info {};
  // Not made here: a misspelt path would get a key that opens nothing.
  if (::stat(data_dir.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
    return Error{Errc::not_found, "there is no data directory " + data_dir};
  std::string key = fresh_key();
  DAYBOOK_TRY_VOID(store(path_of(data_dir), key));
  return key;
}

bool AdminKey::check(std::string_view authorization) {
  const auto token = bearer_token(authorization);
  if (!token) return false;
  const auto hash = impl_->current();
  return hash && equal_constant_time(as_text(*hash), as_text(sha256(*token)));
}

}  // namespace daybook::auth
