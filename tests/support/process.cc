#include "support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <daybook/check.h>

extern char** environ;  // NOLINT: POSIX gives it no header

namespace daybook::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int exec_failed = 127;  // as a shell says it

std::vector<std::string> child_environment(const Process::Environment& extra) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (text.starts_with("DAYBOOK_")) continue;
    if (extra.contains(std::string(text.substr(0, text.find('='))))) continue;
    all.emplace_back(text);
  }
  for (const auto& [name, value] : extra) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

std::unique_ptr<Process> Process::start(const std::string& program,
                                        const std::vector<std::string>& arguments,
                                        const Environment& environment) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  DAYBOOK_CHECK(::pipe2(out.data(), O_CLOEXEC) == 0);
  DAYBOOK_CHECK(::pipe2(err.data(), O_CLOEXEC) == 0);

  std::vector<std::string> argument_texts{program};
  argument_texts.insert(argument_texts.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment_texts = child_environment(environment);
  const std::vector<char*> argument_pointers = pointers(argument_texts);
  const std::vector<char*> environment_pointers = pointers(environment_texts);
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  DAYBOOK_CHECK(null >= 0);
  // fork and not posix_spawn: the child asks to die with this process (a test killed by its time
  // limit would leave a server behind). Between fork and exec only async-signal-safe calls.
  const pid_t pid = ::fork();
  DAYBOOK_CHECK(pid >= 0);
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(null, STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    ::execve(program.c_str(), argument_pointers.data(), environment_pointers.data());
    ::_exit(exec_failed);
  }
  ::close(null);
  ::close(out[1]);
  ::close(err[1]);
  return std::unique_ptr<Process>(new Process(pid, out[0], err[0]));
}

Process::Process(pid_t pid, int out_fd, int err_fd)
    : pid_(pid), reader_([this, out_fd, err_fd] { read_outputs(out_fd, err_fd); }) {}

Process::~Process() {
  kill_hard();
  if (reader_.joinable()) reader_.join();
}

void Process::read_outputs(int out_fd, int err_fd) {
  std::array<pollfd, 2> fds{{{out_fd, POLLIN, 0}, {err_fd, POLLIN, 0}}};
  std::array<char, 16384> buffer{};
  while (fds[0].fd >= 0 || fds[1].fd >= 0) {
    if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) break;
    for (std::size_t i = 0; i < fds.size(); ++i) {
      if (fds[i].fd < 0 || fds[i].revents == 0) continue;
      const ssize_t got = ::read(fds[i].fd, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        ::close(fds[i].fd);
        fds[i].fd = -1;
        continue;
      }
      const std::lock_guard lock(mutex_);
      (i == 0 ? out_ : err_).append(buffer.data(), static_cast<std::size_t>(got));
      changed_.notify_all();
    }
  }
  const std::lock_guard lock(mutex_);
  outputs_ended_ = true;
  changed_.notify_all();
}

std::string Process::out() const {
  const std::lock_guard lock(mutex_);
  return out_;
}

std::string Process::err() const {
  const std::lock_guard lock(mutex_);
  return err_;
}

std::optional<std::string> Process::wait_for_line(std::string_view prefix, Millis deadline) {
  const auto until = Clock::now() + deadline;
  std::unique_lock lock(mutex_);
  std::size_t from = 0;  // all lines before are known not to match
  for (;;) {
    for (std::size_t end = out_.find('\n', from); end != std::string::npos;
         end = out_.find('\n', from)) {
      const std::string_view line = std::string_view(out_).substr(from, end - from);
      if (line.starts_with(prefix)) return std::string(line);
      from = end + 1;
    }
    if (outputs_ended_) return std::nullopt;
    if (changed_.wait_until(lock, until) == std::cv_status::timeout) return std::nullopt;
  }
}

void Process::send_signal(int signal) const {
  if (!exit_) ::kill(pid_, signal);
}

bool Process::try_reap() {
  if (exit_) return true;
  int status = 0;
  const pid_t got = ::waitpid(pid_, &status, WNOHANG);
  if (got != pid_) return false;
  exit_ = WIFSIGNALED(status) ? Exit{-1, WTERMSIG(status)} : Exit{WEXITSTATUS(status), 0};
  return true;
}

bool Process::running() { return !try_reap(); }

void Process::kill_hard() {
  if (try_reap()) return;
  ::kill(pid_, SIGKILL);
  DAYBOOK_CHECK(wait(Millis(60'000)).has_value());
}

std::optional<Exit> Process::wait(Millis deadline) {
  const auto until = Clock::now() + deadline;
  while (!try_reap()) {
    if (Clock::now() >= until) return std::nullopt;
    std::this_thread::sleep_for(Millis(1));  // a poll of waitpid, not a guess
  }
  if (reader_.joinable()) reader_.join();
  return exit_;
}

Finished run_program(const std::string& program, const std::vector<std::string>& arguments,
                     const Process::Environment& environment, Millis deadline) {
  auto process = Process::start(program, arguments, environment);
  Finished finished;
  if (auto exit = process->wait(deadline)) {
    finished.exit = *exit;
  } else {
    finished.timed_out = true;
    process->kill_hard();
  }
  finished.out = process->out();
  finished.err = process->err();
  return finished;
}

}  // namespace daybook::test
