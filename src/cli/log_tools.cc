#include "cli/log_tools.h"

#include <daybook/json.h>

#include <csignal>
#include <ctime>
#include <deque>
#include <map>

#include "cli/event_lines.h"
#include "cli/exit_codes.h"

namespace daybook::cli {
namespace {

constexpr std::size_t write_bytes = 64u << 10;  // collected before they are written out
constexpr std::uint64_t tail_window_events =
    1024;  // looked through first for the last events of a topic
constexpr long follow_interval_ns = 200'000'000;  // between two looks at a running server's log

volatile std::sig_atomic_t stop_asked = 0;
void on_stop_signal(int) { stop_asked = 1; }

void listen_for_stop() {
  stop_asked = 0;
  struct sigaction action {};
  action.sa_handler = on_stop_signal;  // no SA_RESTART: the sleep of --follow is to end
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

using TopicNames = std::map<TopicId, std::string>;

TopicNames names_of(const log::Stat& stat) {
  TopicNames names;
  for (const auto& topic : stat.topics) names.emplace(topic.id, topic.name);
  return names;
}

// nullopt for "all"; Errc::invalid names what there is.
Result<std::optional<TopicId>> topic_of(const TopicNames& names, const std::string& wanted) {
  if (wanted.empty()) return std::optional<TopicId>{};
  std::string known;
  for (const auto& [id, name] : names) {
    if (name == wanted) return std::optional<TopicId>{id};
    known += (known.empty() ? "" : ", ") + name;
  }
  return Error{Errc::invalid,
               "the log has no topic " + wanted + "; it has: " + (known.empty() ? "none" : known)};
}

// Collects lines and writes them in large pieces.
class LineWriter {
 public:
  LineWriter(std::FILE* out, TopicNames names, LineFormat format)
      : out_(out), names_(std::move(names)), format_(format) {}

  void head() { text_ += event_line_head(format_); }
  void event(const log::EventView& event) {
    append_event_line(text_, event, name_of(event.topic), format_);
    if (text_.size() >= write_bytes) flush();
  }
  void line(const std::string& line) { text_ += line; }
  std::string render(const log::EventView& event) const {
    std::string line;
    append_event_line(line, event, name_of(event.topic), format_);
    return line;
  }
  // False when nobody reads any more.
  bool flush() {
    if (!text_.empty())
      ok_ = ok_ && std::fwrite(text_.data(), 1, text_.size(), out_) == text_.size();
    ok_ = std::fflush(out_) == 0 && ok_;
    text_.clear();
    return ok_;
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  [[nodiscard]] std::string name_of(TopicId id) const {
    const auto found = names_.find(id);
    return found != names_.end() ? found->second : std::to_string(id.value);
  }

  std::FILE* out_;
  TopicNames names_;
  LineFormat format_;
  std::string text_;
  bool ok_ = true;
};

void print_stat_json(const log::Stat& stat, const std::string& data_dir,
                     const std::optional<Error>& damage, std::FILE* out) {
  std::string text;
  json::Writer json(text);
  json.begin_object();
  json.member("data", data_dir);
  json.member("head", stat.head.value);
  json.member("headHash", hash_text(stat.head_hash));
  json.member("watermark", stat.watermark.value);
  json.member("synced", stat.synced.value);
  json.member("storeFormat", std::uint64_t{stat.store_format});
  json.member("diskBytes", stat.disk_bytes);
  json.member("serverRunning", stat.server_running);
  json.key("damage");
  if (damage) {
    json.string(damage->message);
  } else {
    json.null();
  }
  json.key("topics").begin_array();
  for (const auto& topic : stat.topics) {
    json.begin_object();
    json.member("topic", topic.name);
    json.member("id", std::uint64_t{topic.id.value});
    json.member("records", topic.records);
    json.member("sstBytes", topic.sst_bytes);
    json.member("removedEvents", topic.removed.events);
    json.member("removedRecords", topic.removed.records);
    json.member("removedBytes", topic.removed.bytes);
    json.member("removedBefore", topic.removed_before.value);
    json.end_object();
  }
  json.end_array().end_object();
  text.push_back('\n');
  std::fwrite(text.data(), 1, text.size(), out);
}

std::string removed_text(const log::Stat::PerTopic& topic) {
  if (topic.removed.records == 0) return {};
  return ", " + grouped(topic.removed.events) + " events removed before position " +
         grouped(topic.removed_before.value);
}

void print_stat_text(const log::Stat& stat, const std::string& data_dir, std::FILE* out) {
  std::fprintf(out, "data directory  %s (%s)\n", data_dir.c_str(),
               stat.server_running ? "a server is running" : "no server is running");
  std::fprintf(out, "head            %s\n", grouped(stat.head.value).c_str());
  std::fprintf(out, "head hash       %s\n", hash_text(stat.head_hash).c_str());
  std::fprintf(out, "watermark       %s\n", grouped(stat.watermark.value).c_str());
  if (stat.synced < stat.head)
    std::fprintf(out, "synced          %s\n", grouped(stat.synced.value).c_str());
  std::fprintf(out, "store format    %u\n", stat.store_format);
  std::fprintf(out, "on disk         %s\n", bytes_text(stat.disk_bytes).c_str());
  for (const auto& topic : stat.topics) {
    std::fprintf(out, "topic %-10s id %u, about %s records, %s in files%s\n", topic.name.c_str(),
                 static_cast<unsigned>(topic.id.value), grouped(topic.records).c_str(),
                 bytes_text(topic.sst_bytes).c_str(), removed_text(topic).c_str());
  }
}

// Everything a reading command needs, or the reason on `err`.
struct Reading {
  OpenedLog opened;
  TopicNames names;
  std::optional<TopicId> topic;
};
std::optional<Reading> begin_reading(const DataOptions& data, const std::string& topic_name,
                                     const Streams& streams, int& exit_code) {
  auto opened = open_or_report(data, streams, exit_code);
  if (!opened) return std::nullopt;
  auto stat = opened->log->stat();
  if (!stat) {
    exit_code = report(stat.error(), streams.err);
    return std::nullopt;
  }
  TopicNames names = names_of(*stat);
  auto topic = topic_of(names, topic_name);
  if (!topic) {
    exit_code = report(topic.error(), streams.err);
    return std::nullopt;
  }
  return Reading{std::move(*opened), std::move(names), *topic};
}

// Prints the last `count` events at or before `head`, looking through ever larger windows before
// it.
Result<void> print_last(const Reading& reading, Position head, std::uint64_t count,
                        LineWriter& writer) {
  std::deque<std::string> lines;
  std::uint64_t window = reading.topic ? std::max(count, tail_window_events) : count;
  for (; count > 0 && head.value > 0; window *= 8) {
    const std::uint64_t from = head.value > window ? head.value - window + 1 : 1;
    lines.clear();
    DAYBOOK_TRY_VOID(reading.opened.log->scan({reading.topic, Position{from}, head, false},
                                              [&](const log::EventView& event) {
                                                lines.push_back(writer.render(event));
                                                if (lines.size() > count) lines.pop_front();
                                                return true;
                                              }));
    if (lines.size() >= count || from == 1) break;
  }
  for (const auto& line : lines) writer.line(line);
  writer.flush();
  return {};
}

// Prints what comes after `last` until a signal or the reader ends it.
Result<void> follow_log(const Reading& reading, Position last, LineWriter& writer) {
  auto& log = *reading.opened.log;
  while (stop_asked == 0 && writer.ok()) {
    DAYBOOK_TRY_VOID(log.refresh());
    const Position head = log.head();
    if (head > last) {
      DAYBOOK_TRY_VOID(
          log.scan({reading.topic, last + 1, head, false}, [&](const log::EventView& event) {
            writer.event(event);
            return stop_asked == 0 && writer.ok();
          }));
      last = head;
      writer.flush();
    }
    const std::timespec pause{0, follow_interval_ns};
    ::nanosleep(&pause, nullptr);
  }
  return {};
}

}  // namespace

int log_stat(const LogStatOptions& options, const Streams& streams) {
  int exit_code = exit_ok;
  auto opened = open_or_report(options.data, streams, exit_code);
  if (!opened) return exit_code;
  auto stat = opened->log->stat();
  if (!stat) return report(stat.error(), streams.err);
  if (options.json) {
    print_stat_json(*stat, opened->data_dir, opened->damage, streams.out);
  } else {
    print_stat_text(*stat, opened->data_dir, streams.out);
  }
  return opened->damage ? exit_data_refused : exit_ok;
}

int log_read(const LogReadOptions& options, const Streams& streams) {
  int exit_code = exit_ok;
  auto reading = begin_reading(options.data, options.topic, streams, exit_code);
  if (!reading) return exit_code;
  log::ScanOptions scan;
  scan.topic = reading->topic;
  scan.from = Position{std::max<std::uint64_t>(options.from, 1)};
  if (options.until) scan.until = Position{*options.until};
  LineWriter writer(streams.out, reading->names, {options.json, options.payload});
  writer.head();
  std::uint64_t left = options.limit.value_or(std::numeric_limits<std::uint64_t>::max());
  Result<void> scanned;
  if (left > 0) {
    scanned = reading->opened.log->scan(scan, [&](const log::EventView& event) {
      writer.event(event);
      return --left > 0 && writer.ok();
    });
  }
  const bool written = writer.flush();
  if (!scanned) return report(scanned.error(), streams.err);
  return written ? exit_ok : exit_failed;
}

int log_tail(const LogTailOptions& options, const Streams& streams) {
  int exit_code = exit_ok;
  auto reading = begin_reading(options.data, options.topic, streams, exit_code);
  if (!reading) return exit_code;
  if (options.follow) listen_for_stop();
  LineWriter writer(streams.out, reading->names, {options.json, options.payload});
  writer.head();
  const Position head = reading->opened.log->head();
  Result<void> result;
  if (options.from) {
    const log::ScanOptions scan{reading->topic, Position{std::max<std::uint64_t>(*options.from, 1)},
                                head, false};
    result = reading->opened.log->scan(scan, [&](const log::EventView& event) {
      writer.event(event);
      return stop_asked == 0 && writer.ok();
    });
    writer.flush();
  } else {
    result = print_last(*reading, head, options.events, writer);
  }
  if (result && options.follow) result = follow_log(*reading, head, writer);
  if (!result) return report(result.error(), streams.err);
  return exit_ok;
}

}  // namespace daybook::cli
