// Process: one run of a real program, its output captured, its end under control.
//
// The child gets this process's environment without any DAYBOOK_* name (the program refuses unknown
// ones), plus what is given. stdin is /dev/null.
//
// Threads: one reader thread per process collects both outputs; out(), err(), wait_for_line() and
// send_signal() may be called from any, the rest from one.
// Invariant: the child is dead and reaped when the object is gone.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace daybook::test {

using Millis = std::chrono::milliseconds;

// How a process ended.
struct Exit {
  int code = -1;   // exit status; -1 when a signal ended it
  int signal = 0;  // the signal; 0 when it exited
};

class Process {
 public:
  using Environment = std::map<std::string, std::string>;

  // REQUIRES: called on a thread that outlives the child, which dies with it. A program that cannot
  // be run ends at once with status 127.
  static std::unique_ptr<Process> start(const std::string& program,
                                        const std::vector<std::string>& arguments,
                                        const Environment& environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // What was printed so far.
  [[nodiscard]] std::string out() const;
  [[nodiscard]] std::string err() const;

  // The first complete line of stdout that begins with `prefix`, waiting for it; nullopt when the
  // deadline passes or the output ends without it.
  std::optional<std::string> wait_for_line(std::string_view prefix, Millis deadline);

  void send_signal(int signal) const;
  // kill -9, and waits for the end.
  void kill_hard();
  // nullopt when it still runs at the deadline. The outputs are complete after it.
  std::optional<Exit> wait(Millis deadline);
  [[nodiscard]] bool running();
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  Process(pid_t pid, int out_fd, int err_fd);
  void read_outputs(int out_fd, int err_fd);
  bool try_reap();

  const pid_t pid_;
  std::optional<Exit> exit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string out_, err_;       // under mutex_
  bool outputs_ended_ = false;  // under mutex_
  std::thread reader_;
};

// Runs a program to its end.
struct Finished {
  Exit exit;
  std::string out, err;
  bool timed_out = false;
};
Finished run_program(const std::string& program, const std::vector<std::string>& arguments,
                     const Process::Environment& environment = {},
                     Millis deadline = Millis(60'000));

}  // namespace daybook::test
