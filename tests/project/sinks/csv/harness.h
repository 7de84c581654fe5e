// A file sink over a folder of its own, with the checkpoint a runtime would keep.
//
// Thread: one.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/files.h"
#include "project/sinks/csv/file_sink.h"
#include "support/fake_sink_context.h"
#include "support/temp_dir.h"

namespace daybook::csv_sink {

inline PublicEvent event_at(std::uint64_t position, std::string data, std::string key = "form",
                            std::uint32_t version = 1) {
  PublicEvent event;
  event.position = Position{position};
  event.topic = "forms";
  event.type = "submitted";
  event.key = std::move(key);
  event.version = version;
  event.event_id.bytes[15] = static_cast<std::uint8_t>(position);
  event.server_time = UnixUs{1'774'785'600'000'000};
  event.data = std::move(data);
  return event;
}

// "00000000-0000-0000-0000-0000000000NN" of event_at(position).
inline std::string id_of(std::uint8_t position) {
  const char* digits = "0123456789abcdef";
  return std::string("00000000-0000-0000-0000-0000000000") + digits[position >> 4] +
         digits[position & 15];
}

struct Harness {
  explicit Harness(bool follows_one = true) : one(follows_one) { open(); }
  // A new process: what was in memory is gone, the folder and the checkpoint are not.
  void open() {
    sink.reset();
    options.folder = dir / "out";
    if (options.base.empty()) options.base = "rows";
    options.extension = json ? "jsonl" : "csv";
    sink = std::make_unique<FileSink>(
        options, json ? make_json_rows() : make_csv_rows(chosen, one, bom), io);
  }
  Delivery begin() { return sink->begin(progress, context); }
  Delivery deliver(const std::vector<PublicEvent>& events) {
    return sink->deliver(test::batch_of(events), progress, context);
  }
  // Each file by its name.
  [[nodiscard]] std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(dir / "out")) {
      const auto name = entry.path().filename().string();
      if (!name.starts_with('.')) found[name] = read_file(entry.path().string()).value();
    }
    return found;
  }
  [[nodiscard]] std::string path(const std::string& name) const { return dir / "out" + "/" + name; }

  test::TempDir dir;
  FileOptions options;
  std::vector<std::string> chosen;
  bool one = true, bom = false, json = false;
  Io io = system_io();
  std::unique_ptr<FileSink> sink;
  SinkProgress progress;
  test::FakeSinkContext context;
};

}  // namespace daybook::csv_sink
