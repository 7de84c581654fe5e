# Strict warnings for our own code; headers of libraries are system headers and stay quiet.
add_library(daybook_warnings INTERFACE)
target_compile_options(daybook_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Wcast-qual -Woverloaded-virtual -Wnull-dereference -Werror
  # GCC 12 warns inside inlined library code (std::string, FlatBuffers) where nothing is wrong.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-null-dereference -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds>
  # Annotations of base/mutex.h are proved by clang.
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
