#include "support/temp_dir.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <daybook/check.h>

namespace daybook::test {

TempDir::TempDir() {
  std::error_code error;
  std::string name = (std::filesystem::temp_directory_path(error) / "daybook-test-XXXXXX").string();
  DAYBOOK_CHECK(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TempDir::~TempDir() {
  if (std::getenv("DAYBOOK_TEST_KEEP") != nullptr) return;
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

}  // namespace daybook::test
