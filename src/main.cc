#include "cli/commands.h"

int main(int argc, char** argv) { return daybook::cli::run(argc, argv, {}); }
