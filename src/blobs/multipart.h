// multipart/form-data (RFC 7578, framing of RFC 2046 section 5.1): the parts of one body, as views
// into it. What stands before the first and after the last boundary is skipped; a part's own
// charset and transfer encoding are not looked at.
//
// Threads: any; pure functions.
#pragma once

#include <daybook/result.h>

#include <functional>
#include <string_view>

namespace daybook::blobs {

struct FormPart {
  // As they stand in the header: quoted strings keep their backslashes.
  std::string_view name, file_name, content_type;
  std::string_view bytes;
  bool has_file_name = false;  // it may be empty: a file field that was left empty
};

// Calls `f` for each part in order until it returns false or an error.
// Errors: those of `f`; Errc::unsupported_media without a usable boundary; Errc::malformed when cut
// short, misframed, or with more than `parts_max` parts.
Result<void> for_each_part(std::string_view content_type, std::string_view body,
                           std::size_t parts_max,
                           const std::function<Result<bool>(const FormPart&)>& f);

// The first file part. Errors as above, and Errc::invalid without any file part.
Result<FormPart> first_file_part(std::string_view content_type, std::string_view body);

}  // namespace daybook::blobs
