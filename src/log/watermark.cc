#include "log/watermark.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/crc32c.h"
#include "base/files.h"
#include "base/thread.h"
#include "log/record.h"

namespace daybook::log {
namespace {

constexpr std::uint32_t slot_magic = 0x01574244;  // "DBW", version 1
constexpr std::size_t slot_crc_at = 56;
constexpr unsigned watermark_mode = 0644;

}  // namespace

std::string encode_watermark_slot(const WatermarkSlot& slot) {
  std::string out(watermark_slot_bytes, '\0');
  put_le(out.data(), slot_magic);
  put_le(out.data() + 4, slot.store_format);
  put_le(out.data() + 8, slot.sequence);
  put_le(out.data() + 16, slot.mark.position.value);
  std::memcpy(out.data() + 24, slot.mark.hash.data(), slot.mark.hash.size());
  put_le(out.data() + slot_crc_at, crc32c(std::string_view(out).substr(0, slot_crc_at)));
  return out;
}

std::optional<WatermarkSlot> decode_watermark_slot(std::string_view bytes) {
  if (bytes.size() < slot_crc_at + 4) return std::nullopt;
  if (get_le<std::uint32_t>(bytes.data()) != slot_magic) return std::nullopt;
  if (get_le<std::uint32_t>(bytes.data() + slot_crc_at) != crc32c(bytes.substr(0, slot_crc_at)))
    return std::nullopt;
  WatermarkSlot slot;
  slot.store_format = get_le<std::uint32_t>(bytes.data() + 4);
  slot.sequence = get_le<std::uint64_t>(bytes.data() + 8);
  slot.mark.position = {get_le<std::uint64_t>(bytes.data() + 16)};
  std::memcpy(slot.mark.hash.data(), bytes.data() + 24, slot.mark.hash.size());
  return slot;
}

std::string watermark_path(const std::string& data_dir) { return data_dir + "/WATERMARK"; }

Result<std::optional<WatermarkSlot>> read_watermark(const std::string& data_dir) {
  auto bytes = read_file(watermark_path(data_dir));
  if (!bytes.ok()) {
    if (bytes.error().code == Errc::not_found) return std::optional<WatermarkSlot>{};
    return std::move(bytes).error();
  }
  std::optional<WatermarkSlot> best;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string_view all = *bytes;
    if (all.size() < (i + 1) * watermark_slot_bytes) break;
    const auto slot = decode_watermark_slot(all.substr(i * watermark_slot_bytes));
    if (slot && (!best || slot->sequence > best->sequence)) best = slot;
  }
  return best;
}

WatermarkFile::~WatermarkFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> WatermarkFile::open(const std::string& data_dir,
                                 const std::optional<WatermarkSlot>& present,
                                 std::uint32_t store_format) {
  const std::string path = watermark_path(data_dir);
  if (present) {
    last_ = *present;
  } else {
    last_ = WatermarkSlot{store_format, 2, {}};
    std::string bytes = encode_watermark_slot(last_);  // sequence 2: slot 0
    bytes.resize(watermark_file_bytes, '\0');
    DAYBOOK_TRY_VOID(write_file_durable(path, bytes, watermark_mode));
  }
  fd_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd_ < 0) return Error{Errc::unavailable, "cannot open " + path + ": " + errno_text(errno)};
  return {};
}

Result<void> WatermarkFile::write(const Watermark& mark, std::uint32_t store_format) {
  if (mark == last_.mark && store_format == last_.store_format) return {};
  const WatermarkSlot slot{store_format, last_.sequence + 1, mark};
  const std::string bytes = encode_watermark_slot(slot);
  const auto at = static_cast<off_t>((slot.sequence % 2) * watermark_slot_bytes);
  const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), at);
  if (n != static_cast<ssize_t>(bytes.size()))
    return Error{Errc::unavailable,
                 "cannot write the watermark: " + (n < 0 ? errno_text(errno) : "short write")};
  if (::fdatasync(fd_) != 0)
    return Error{Errc::unavailable, "cannot sync the watermark: " + errno_text(errno)};
  last_ = slot;
  return {};
}

WatermarkWriter::WatermarkWriter(std::unique_ptr<WatermarkFile> file, std::int64_t interval_ms,
                                 std::function<Watermark()> head,
                                 std::function<std::uint32_t()> format,
                                 std::function<void(const std::string&)> failed)
    : file_(std::move(file)),
      interval_ms_(interval_ms),
      head_(std::move(head)),
      format_(std::move(format)),
      failed_(std::move(failed)),
      mark_(head_()),
      thread_([this] { run(); }) {}

WatermarkWriter::~WatermarkWriter() { stop(); }

void WatermarkWriter::stop() {
  if (!thread_.joinable()) return;
  {
    LockGuard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  write_once();
}

Watermark WatermarkWriter::mark() const {
  LockGuard lock(mutex_);
  return mark_;
}

void WatermarkWriter::run() {
  set_thread_name("watermark");
  for (;;) {
    {
      LockGuard lock(mutex_);
      const auto deadline =
          std::chrono::steady_clock::now() + std::chrono::milliseconds(interval_ms_);
      while (!stopping_) {
        if (wake_.wait_until(mutex_, deadline) == std::cv_status::timeout) break;
      }
      if (stopping_) return;
    }
    write_once();
  }
}

void WatermarkWriter::write_once() {
  if (broken_) return;
  const Watermark head = head_();
  const auto written = file_->write(head, format_());
  if (!written.ok()) {
    broken_ = true;
    failed_(written.error().message);
    return;
  }
  LockGuard lock(mutex_);
  mark_ = head;
}

}  // namespace daybook::log
