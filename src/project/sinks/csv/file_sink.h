// The sink behind `csv` and `jsonl`: rows to numbered files, exactly once.
//
// Thread: the projector's. Invariant: bytes up to the length of the checkpoint are synced and never
// change; what comes after them, or in a later file, is of a try that did not get into a checkpoint
// and is cut off before anything is written.
#pragma once

#include <daybook/sink.h>
#include <daybook/time_zone.h>

#include "project/sinks/csv/file_set.h"
#include "project/sinks/csv/progress.h"
#include "project/sinks/csv/rows.h"

#include <memory>
#include <string>

namespace daybook::csv_sink {

enum class Rotate : std::uint8_t { none, day, size };

struct FileOptions {
  std::string folder, base, extension;
  Rotate rotate = Rotate::none;
  std::uint64_t rotate_bytes_max = 0;
  std::shared_ptr<const TimeZone> zone = TimeZone::utc();
};

class FileSink final : public Sink {
 public:
  FileSink(FileOptions options, std::unique_ptr<Rows> rows, Io io = system_io());

  Delivery begin(SinkProgress& progress, SinkContext& context) override;
  Delivery deliver(std::span<const SinkEvent> events, SinkProgress& progress,
                   SinkContext& context) override;
  // The next event begins a new file; those that are there stay.
  Delivery reset(SinkProgress& progress, SinkContext& context) override;
  [[nodiscard]] std::string target() const override {
    return files_.place() + "." + options_.extension;
  }

 private:
  struct Batch;
  Result<Progress> at_begin(const SinkProgress& progress, std::string_view projector);
  Result<Progress> begin_anew(std::string_view projector);
  [[nodiscard]] bool is_full(const Progress& at, std::size_t waiting,
                             const PublicEvent& event) const;
  Result<void> flush(Batch& batch, std::size_t delivered);
  Result<void> add(Batch& batch, std::size_t i, const PublicEvent& event, SinkContext& context);
  static Delivery refusal(const Error& error, std::size_t delivered);

  const FileOptions options_;
  const std::unique_ptr<Rows> rows_;
  FileSet files_;
  bool has_begun_ = false;
};

}  // namespace daybook::csv_sink
