// A live load's report for people and for programs.
#pragma once

#include "load/live_run.h"

#include <string>

namespace daybook::load {

std::string live_report_text(const LivePlan& plan, const LiveReport& report);
// One JSON object, with a line end.
std::string live_report_json(const LivePlan& plan, const LiveReport& report);

// Messages of the measured time for a second of the server's CPU; 0: not known.
double messages_per_cpu_second(const LiveReport& report);
// Growth of the server's resident memory from before the first socket to when all had joined.
double bytes_per_socket(const LivePlan& plan, const LiveReport& report);

}  // namespace daybook::load
