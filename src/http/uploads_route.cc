#include "http/uploads_route.h"

#include <daybook/fields.h>

#include "blobs/multipart.h"

namespace daybook::http {

Result<Response> upload_image(blobs::BlobStore& store, std::string_view content_type,
                              std::string_view body, std::size_t upload_bytes_max) {
  DAYBOOK_TRY(const blobs::FormPart part, blobs::first_file_part(content_type, body));
  if (part.bytes.size() > upload_bytes_max)
    return Error{Errc::too_large,
                 "the file is larger than " + std::to_string(upload_bytes_max) + " bytes"};
  if (blobs::image_type_of(part.bytes) == nullptr) {
    const std::string_view field =
        json::is_valid_utf8(part.name) ? part.name : std::string_view{"file"};
    return Error::field(field, "not_an_image", "must be a whole JPEG, PNG, GIF or WebP picture");
  }
  DAYBOOK_TRY(const std::string name, store.put(part.bytes));
  Response response;
  json::Writer writer(response.body);
  writer.begin_object();
  writer.member("image", "/images/" + name);
  writer.end_object();
  response.headers.emplace_back("Location", "/images/" + name);
  return response;
}

Result<Response> get_image(blobs::BlobStore& store, std::string_view name) {
  DAYBOOK_TRY(blobs::Blob blob, store.get(name));
  Response response;
  response.content_type = std::move(blob.media_type);
  response.body = std::move(blob.bytes);
  response.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return response;
}

}  // namespace daybook::http
