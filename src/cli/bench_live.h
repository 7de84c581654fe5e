// `daybook bench live`: many sockets in one quiz.
//
// Thread: main.
#pragma once

namespace CLI {
class App;
}

namespace daybook::cli {

void add_bench_live(CLI::App& bench, int& exit_code);

}  // namespace daybook::cli
