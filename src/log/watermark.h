// The durable watermark: "acknowledged up to position N, whose group has hash H", in a small file
// of its own, apart from RocksDB's write-ahead log. docs/log-format.md has the bytes.
//
// Invariants
//   - never ahead of what is fsynced in the log; it may trail by watermark_interval_ms and one
//   write.
//   - two slots written in turn: a torn write leaves the one before.
//   - the file has its full length from the start, so fdatasync of a slot costs no journal commit.
//
// Threads: WatermarkFile: one at a time. WatermarkWriter: owns a thread named "watermark".
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/mutex.h"

namespace daybook::log {

constexpr std::size_t watermark_slot_bytes = 4096;
constexpr std::size_t watermark_file_bytes = 2 * watermark_slot_bytes;

struct Watermark {
  Position position{};  // the last event of a group; 0: an empty log
  Hash256 hash{};       // of that group
  friend bool operator==(const Watermark&, const Watermark&) = default;
};

struct WatermarkSlot {
  std::uint32_t store_format = 0;
  std::uint64_t sequence = 0;  // of the write; the higher one counts
  Watermark mark;
};

std::string encode_watermark_slot(const WatermarkSlot& slot);
// Absent: torn, empty or not a slot.
std::optional<WatermarkSlot> decode_watermark_slot(std::string_view bytes);

std::string watermark_path(const std::string& data_dir);
// The newer of the two slots. Absent: no file, or neither slot is sound. Error: it cannot be read.
Result<std::optional<WatermarkSlot>> read_watermark(const std::string& data_dir);

class WatermarkFile {
 public:
  WatermarkFile() = default;
  ~WatermarkFile();
  WatermarkFile(const WatermarkFile&) = delete;
  WatermarkFile& operator=(const WatermarkFile&) = delete;

  // Creates the file, or makes a damaged one anew, when `present` is absent.
  Result<void> open(const std::string& data_dir, const std::optional<WatermarkSlot>& present,
                    std::uint32_t store_format);
  // Durable when it returns. Nothing is written when mark and format are those that stand.
  Result<void> write(const Watermark& mark, std::uint32_t store_format);

 private:
  int fd_ = -1;
  WatermarkSlot last_;
};

class WatermarkWriter {
 public:
  // head: what is durable in the log now. format: the store's, at least as new as that head needs.
  // failed: called once when a write fails; no write follows.
  WatermarkWriter(std::unique_ptr<WatermarkFile> file, std::int64_t interval_ms,
                  std::function<Watermark()> head, std::function<std::uint32_t()> format,
                  std::function<void(const std::string&)> failed);
  ~WatermarkWriter();
  // Writes the last time and joins the thread.
  void stop();
  // What is durable.
  [[nodiscard]] Watermark mark() const;

 private:
  void run();
  void write_once();

  std::unique_ptr<WatermarkFile> file_;  // the thread's, and stop()'s after the join
  const std::int64_t interval_ms_;
  const std::function<Watermark()> head_;
  const std::function<std::uint32_t()> format_;
  const std::function<void(const std::string&)> failed_;
  mutable Mutex mutex_;
  std::condition_variable_any wake_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  Watermark mark_ GUARDED_BY(mutex_);
  bool broken_ = false;  // the thread's, as file_
  std::thread thread_;
};

}  // namespace daybook::log
