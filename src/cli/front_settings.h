// Settings of the front that the settings table cannot tell to be wrong: texts that are no address,
// no origin, no path, and what does not go together. Pure. Threads: any.
#pragma once

#include "config/config.h"

#include <daybook/result.h>

#include <vector>

namespace daybook::cli {

// Every mistake, each Errc::invalid and with the setting's name.
std::vector<Error> check_front(const config::Config& config);

}  // namespace daybook::cli
