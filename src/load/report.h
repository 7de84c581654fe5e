// A load's report for people and for programs.
#pragma once

#include "load/runner.h"

#include <cstdint>
#include <string>

namespace daybook::load {

// What the report says besides its figures.
struct ReportTitle {
  std::string url;
  std::string path;
  std::uint32_t batch = 0;  // lines a request; 0: none
};

std::string report_text(const ReportTitle& title, const LoadPlan& plan, const LoadReport& report);
// One JSON object, with a line end.
std::string report_json(const ReportTitle& title, const LoadPlan& plan, const LoadReport& report);

// "1.24 ms", "87 us", "2.10 s".
std::string duration_text(std::uint64_t ns);
// "1,234,567".
std::string count_text(std::uint64_t number);

// Lines about a load that is going on, to stderr: one line rewritten in place on a terminal, plain
// lines otherwise. Thread: one.
class ProgressLine {
 public:
  ProgressLine();
  void show(const std::string& text);
  void end();  // leaves the terminal on a fresh line

 private:
  bool terminal_;
  bool open_ = false;
};

}  // namespace daybook::load
