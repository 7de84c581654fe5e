#include "support/notebook_sink/notebook.h"

#include "base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace daybook::notebook_sink {
namespace {

constexpr SettingSpec rows[] = {
    {"file", SettingType::text, "", "", 0, 0, "The notebook's file."},
    {"pen", SettingType::text, "*", "", 0, 0, "What each line begins with."},
};

class Notebook final : public Sink {
 public:
  Notebook(std::string file, std::string pen) : file_(std::move(file)), pen_(std::move(pen)) {}
  ~Notebook() override {
    if (fd_ >= 0) ::close(fd_);
  }
  Notebook(const Notebook&) = delete;
  Notebook& operator=(const Notebook&) = delete;

  // The state is the file's length. What the file has more was written by a try that did not get
  // into the checkpoint.
  Delivery begin(SinkProgress& progress, SinkContext&) override {
    if (fd_ < 0) fd_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd_ < 0) return unavailable("open");
    const off_t length = length_of(progress);
    if (::lseek(fd_, 0, SEEK_END) < length)
      return Delivery::disabled(file_ +
                                " is shorter than its checkpoint says: lines were taken out");
    if (::ftruncate(fd_, length) != 0) return unavailable("cut");
    progress.state = std::to_string(length);
    return Delivery::done();
  }

  Delivery deliver(std::span<const SinkEvent> events, SinkProgress& progress,
                   SinkContext&) override {
    std::string lines;
    for (const SinkEvent& event : events)
      lines += pen_ + " " + event->topic + " " + event->type + " " + event->key + "\n";
    const off_t length = length_of(progress);
    std::size_t done = 0;
    while (done < lines.size()) {
      const ssize_t n = ::pwrite(fd_, lines.data() + done, lines.size() - done,
                                 length + static_cast<off_t>(done));
      if (n < 0) return unavailable("write");
      done += static_cast<std::size_t>(n);
    }
    if (::fdatasync(fd_) != 0) return unavailable("sync");
    progress.state = std::to_string(length + static_cast<off_t>(lines.size()));
    return Delivery::done();
  }

  // Lines that are there stay; what is brought again stands below them.
  Delivery reset(SinkProgress&, SinkContext&) override { return Delivery::done(); }

 private:
  static off_t length_of(const SinkProgress& progress) {
    off_t length = 0;
    std::from_chars(progress.state.data(), progress.state.data() + progress.state.size(), length);
    return length;
  }
  [[nodiscard]] Delivery unavailable(const char* what) const {
    return Delivery::unavailable(std::string("cannot ") + what + " " + file_ + ": " +
                                 errno_text(errno));
  }

  const std::string file_, pen_;
  int fd_ = -1;
};

Result<std::unique_ptr<Sink>> make(const Settings& options, const SinkSource&) {
  std::string file = options.text("file");
  if (file.empty()) return Error::field("file", "missing", "must be given");
  return std::unique_ptr<Sink>(new Notebook(std::move(file), options.text("pen")));
}

}  // namespace

SinkType type() { return {"notebook", rows, 100, 500, &make}; }

}  // namespace daybook::notebook_sink
