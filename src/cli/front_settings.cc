#include "cli/front_settings.h"

#include "http/listener.h"

#include <daybook/texts.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace daybook::cli {
namespace {

constexpr std::size_t namespaces_max = 64;
constexpr std::size_t name_bytes_max = 64;  // of a namespace or the path

Error wrong(std::string_view key, const std::string& what) {
  return Error{Errc::invalid, std::string(key) + ": " + what};
}

// Unreserved characters of RFC 3986 and slashes: they mean the same in every client's address.
bool is_plain_path(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~/").find(c) != std::string_view::npos;
  });
}

void check_addresses(const config::Config& config, std::vector<Error>& out) {
  std::map<std::string, std::string, std::less<>> taken;  // address -> setting
  for (const auto& row : config.show()) {
    const std::string key(row.spec.key);
    if (!key.ends_with(".listen")) continue;
    for (const std::string& listen : config.text_list(key)) {
      if (const auto checked = http::check_listen(listen); !checked) {
        out.push_back(wrong(key, checked.error().message));
      } else if (!listen.ends_with(":0")) {
        const auto [at, is_new] = taken.emplace(listen, key);
        if (!is_new) out.push_back(wrong(key, listen + " is in " + at->second + " already"));
      }
    }
  }
}

void check_origins(const config::Config& config, std::vector<Error>& out) {
  for (const auto& row : config.show()) {
    if (!row.spec.key.ends_with(".cors_origins")) continue;
    for (const std::string& origin : config.text_list(row.spec.key))
      if (origin != "*" && !is_origin(origin))
        out.push_back(
            wrong(row.spec.key, "\"" + origin + "\" is neither * nor an origin such as " +
                                    "https://example.org, in lower case, without a path"));
  }
}

void check_path(const config::Config& config, std::vector<Error>& out) {
  constexpr std::string_view key = "socketio.path";
  const std::string path = config.text(key);
  const bool fits = path.size() >= 3 && path.size() <= name_bytes_max && path.starts_with('/') &&
                    path.ends_with('/') && path.find("//") == std::string::npos &&
                    is_plain_path(path);
  if (!fits)
    out.push_back(wrong(key, "\"" + path + "\" is no path such as /socket.io/, with a slash at " +
                                 "both ends and at most " + std::to_string(name_bytes_max) +
                                 " characters"));
}

void check_namespaces(const config::Config& config, std::vector<Error>& out) {
  constexpr std::string_view key = "socketio.namespaces";
  const auto names = config.text_list(key);
  if (names.empty())
    out.push_back(wrong(key, "names none; socketio.enabled = false turns Socket.IO off"));
  if (names.size() > namespaces_max)
    out.push_back(wrong(key, "names more than " + std::to_string(namespaces_max)));
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (!name->starts_with('/') || name->size() > name_bytes_max || !is_plain_path(*name)) {
      out.push_back(wrong(key, "\"" + *name +
                                   "\" is no namespace such as /, or /game, of at most " +
                                   std::to_string(name_bytes_max) + " characters"));
    } else if (std::find(names.begin(), name, *name) != name) {
      out.push_back(wrong(key, "\"" + *name + "\" is named twice"));
    }
  }
}

}  // namespace

std::vector<Error> check_front(const config::Config& config) {
  std::vector<Error> out;
  check_addresses(config, out);
  check_origins(config, out);
  if (!config.boolean("socketio.enabled")) return out;
  check_path(config, out);
  check_namespaces(config, out);
  return out;
}

}  // namespace daybook::cli
