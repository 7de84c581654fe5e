// TempDir: a fresh directory, removed with all it holds when the object ends.
//
// Thread: any one. Invariant: path() is absolute and was empty at the start.
// DAYBOOK_TEST_KEEP=1 in the environment leaves the directories behind, to look into a failure.
#pragma once

#include <string>

namespace daybook::test {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace daybook::test
