#include "style/rules.h"

#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <set>

namespace daybook::style {
namespace {

// A module includes itself and modules of a lower rank.
const std::map<std::string, int, std::less<>> module_ranks{
    {"base", 0}, {"websocket", 1}, {"live", 1},    {"config", 1},   {"metrics", 1}, {"log", 1},
    {"auth", 1}, {"blobs", 1},     {"state", 1},   {"outbound", 1}, {"domain", 2},  {"socketio", 2},
    {"load", 2}, {"sequencer", 3}, {"domains", 3}, {"http", 4},     {"project", 4}, {"cli", 5}};
constexpr int main_rank = 6;

struct Library {
  std::string_view prefix;                // of the include
  std::vector<std::string_view> folders;  // that may include it
};
const std::array<Library, 12> libraries{
    {{"rocksdb/", {"src/log/", "src/state/", "tests/", "bench/"}},
     {"boost/beast", {"src/http/", "src/load/", "src/cli/", "tests/"}},
     {"boost/asio", {"src/http/", "src/load/", "src/cli/", "tests/"}},
     {"simdjson", {"src/base/"}},
     {"spdlog/", {"src/base/"}},
     {"CLI/", {"src/cli/", "src/config/", "tests/"}},
     {"toml", {"src/config/", "tests/"}},
     {"openssl/", {"src/base/", "src/auth/", "src/outbound/", "tests/"}},
     {"curl/", {"src/outbound/", "tests/"}},
     {"unicode/", {"src/project/sinks/moderation/"}},
     {"zlib.h", {"src/http/", "src/load/", "tests/"}},
     {"catch2/", {"tests/", "bench/"}}}};

// What a domain may include besides <daybook/...>, the standard library, its own folder and schema.
constexpr std::array<std::string_view, 6> domain_libraries{
    "roaring/", "date/", "xxhash.h", "re2/", "flatbuffers/", "boost/container/"};
// And what the SDK itself may.
constexpr std::array<std::string_view, 2> sdk_libraries{"flatbuffers/", "boost/container/"};

struct Include {
  std::size_t line = 0;  // from 1
  bool quoted = false;
  std::string target;
};

std::vector<Include> includes_of(const SourceFile& file) {
  static const std::regex form(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re");
  std::vector<Include> found;
  for (std::size_t i = 0; i < file.code_lines.size(); ++i) {
    std::smatch match;
    if (file.code_lines[i].find('#') != std::string::npos &&
        std::regex_search(file.lines[i], match, form))
      found.push_back({i + 1, match[1] == "\"", match[2]});
  }
  return found;
}

template <class Prefixes>
bool starts_with_any(std::string_view text, const Prefixes& prefixes) {
  return std::ranges::any_of(prefixes,
                             [&](std::string_view prefix) { return text.starts_with(prefix); });
}

bool is_standard(std::string_view target) {
  return target.find_first_of("/.") == std::string_view::npos;
}

// The folder below `parent` that the path is in, "" for none.
std::string folder_below(std::string_view parent, std::string_view path) {
  if (!path.starts_with(parent)) return {};
  path.remove_prefix(parent.size());
  const auto slash = path.find('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

// "src/domains/attendance/decide.cc" → "attendance"; "src/domains/catalog_entries.cc" → "".
std::string domain_of(std::string_view path) { return folder_below("src/domains/", path); }
// "src/project/sinks/csv/csv.cc" → "csv"; "src/project/sinks/sink_entries.cc" → "".
std::string sink_of(std::string_view path) { return folder_below("src/project/sinks/", path); }

std::string first_part(std::string_view path) {
  return std::string(path.substr(0, path.find('/')));
}

std::string complaint_about_domain(const std::string& domain, const Include& include) {
  const bool fine = include.quoted
                        ? include.target.starts_with("domains/" + domain + "/") ||
                              include.target == domain + "_generated.h"
                        : include.target.starts_with("daybook/") || is_standard(include.target) ||
                              include.target == domain + "_generated.h" ||
                              starts_with_any(include.target, domain_libraries);
  return fine ? "" : "a domain includes only <daybook/...>, its own folder and its own schema";
}

// Headers of the system and of libraries are the business of library_borders.
std::string complaint_about_sink(const std::string& sink, const Include& include) {
  const bool fine = !include.quoted || include.target.starts_with("project/sinks/" + sink + "/") ||
                    include.target.starts_with("outbound/") || include.target.starts_with("base/");
  return fine ? "" : "a sink includes only <daybook/...>, its own folder, outbound/ and base/";
}

std::string complaint_about_sdk(const Include& include) {
  const bool fine =
      !include.quoted && (include.target.starts_with("daybook/") || is_standard(include.target) ||
                          starts_with_any(include.target, sdk_libraries));
  return fine ? ""
              : "the SDK includes only itself, the standard library, FlatBuffers and "
                "boost/container";
}

// `module`: a folder of src/, or "main.cc".
std::string complaint_about_module(const std::string& module, const Include& include) {
  const auto rank_of = [](const std::string& name) {
    const auto found = module_ranks.find(name);
    return found == module_ranks.end() ? main_rank : found->second;
  };
  if (!include.quoted || include.target.find('/') == std::string::npos) return "";
  const auto target = first_part(include.target);
  if (target == module || target == "schemas") return "";
  if (module_ranks.find(target) == module_ranks.end())
    return "include from the root of src/, or <daybook/...>";
  if (rank_of(target) < rank_of(module)) return "";
  return "src/" + module + " must not include src/" + target + " (see ARCHITECTURE.md)";
}

std::string complaint(const SourceFile& file, const Include& include) {
  if (file.is_under("include/daybook/")) return complaint_about_sdk(include);
  const auto domain = domain_of(file.path);
  if (!domain.empty()) return complaint_about_domain(domain, include);
  const auto sink = sink_of(file.path);
  if (!sink.empty()) return complaint_about_sink(sink, include);
  return complaint_about_module(first_part(std::string_view(file.path).substr(4)), include);
}

}  // namespace

Problems include_direction(const Tree& tree) {
  Problems problems;
  for (const auto& file : tree) {
    if (!file.is_cpp() || (!file.is_under("src/") && !file.is_under("include/"))) continue;
    const auto module = first_part(std::string_view(file.path).substr(4));
    if (file.is_under("src/") && module != "main.cc" &&
        module_ranks.find(module) == module_ranks.end())
      problems.push_back(
          {file.path, 0, "give src/" + module + " its rank in tests/style/rules_includes.cc"});
    for (const auto& include : includes_of(file))
      if (const auto text = complaint(file, include); !text.empty())
        problems.push_back({file.path, include.line, include.target + ": " + text});
  }
  return problems;
}

Problems library_borders(const Tree& tree) {
  Problems problems;
  for (const auto& file : tree) {
    if (!file.is_cpp()) continue;
    for (const auto& include : includes_of(file))
      for (const auto& library : libraries)
        if (include.target.starts_with(library.prefix) &&
            !starts_with_any(file.path, library.folders))
          problems.push_back({file.path, include.line, include.target + " is not for this folder"});
  }
  return problems;
}

Problems domains_registered(const Tree& tree) {
  std::set<std::string> domains;
  for (const auto& file : tree)
    if (const auto domain = domain_of(file.path); !domain.empty()) domains.insert(domain);
  constexpr std::string_view list = "src/domains/catalog_entries.cc";
  const auto* entries = find_file(tree, list);
  Problems problems;
  for (const auto& domain : domains) {
    const bool registered = entries != nullptr &&
                            std::ranges::any_of(entries->code_lines, [&](const std::string& line) {
                              return line.find("add<" + domain + "::Domain>") != std::string::npos;
                            });
    if (!registered)
      problems.push_back({std::string(list), 0, "src/domains/" + domain + " is not registered"});
  }
  return problems;
}

Problems sinks_registered(const Tree& tree) {
  std::set<std::string> sinks;
  for (const auto& file : tree)
    if (const auto sink = sink_of(file.path); !sink.empty()) sinks.insert(sink);
  const std::string folder = "src/project/sinks/";
  const std::string list = folder + "sink_entries.cc";
  const auto* entries = find_file(tree, list);
  Problems problems;
  for (const auto& sink : sinks) {
    const bool registered = entries != nullptr &&
                            std::ranges::any_of(entries->code_lines, [&](const std::string& line) {
                              return line.find(".add(" + sink + "_sink::") != std::string::npos;
                            });
    if (!registered) problems.push_back({list, 0, folder + sink + " is not registered"});
    if (find_file(tree, folder + sink + "/README.md") == nullptr)
      problems.push_back({folder + sink, 0, "lacks a README.md"});
  }
  return problems;
}

}  // namespace daybook::style
