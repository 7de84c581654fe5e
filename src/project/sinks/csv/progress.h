// How far the files are: what the checkpoint keeps (SinkProgress::state), as JSON.
//
// Pure. Thread: the projector's.
#pragma once

#include <daybook/result.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::csv_sink {

struct Progress {
  std::string place;                 // folder and base name the rest is about: "/srv/out/forms"
  std::uint64_t sequence = 0;        // of the newest file; 0: none yet
  bool is_open = false;              // rows still go to it
  std::string day;                   // in its name; empty: none
  std::uint64_t length = 0;          // bytes of it that are safe; what comes after is a torn try
  std::vector<std::string> columns;  // of its header; csv only
};

std::string write_progress(const Progress& progress);
// Errc::corrupt: not what write_progress wrote.
Result<Progress> read_progress(std::string_view text);

}  // namespace daybook::csv_sink
