// Input: a Content-Type value, a line feed, then the body of an upload. Looks for reads out of
// bounds, views that do not lie in the body, and pictures found in nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string_view>

#include "blobs/blob_store.h"
#include "blobs/multipart.h"

namespace {

bool lies_in(std::string_view part, std::string_view whole) {
  const std::less_equal<const char*> not_after;
  return part.empty() || (not_after(whole.data(), part.data()) &&
                          not_after(part.data() + part.size(), whole.data() + whole.size()));
}

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = input.find('\n');
  const auto content_type = input.substr(0, line);
  const auto body = line == std::string_view::npos ? input : input.substr(line + 1);
  const auto part = daybook::blobs::first_file_part(content_type, body);
  if (part.ok()) {
    for (const auto view : {part->name, part->file_name, part->content_type, part->bytes})
      check(lies_in(view, body));
    check(!part->name.data() || part->bytes.size() < body.size());
    if (const auto* type = daybook::blobs::image_type_of(part->bytes))
      check(!part->bytes.empty() && !type->extension.empty());
  } else {
    check(!part.error().message.empty());
  }
  daybook::blobs::image_type_of(body);
  return 0;
}
