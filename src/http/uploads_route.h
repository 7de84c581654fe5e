// POST /upload/image and GET /images/{name}, over the blob store.
//
// Threads: worker (they block on the disk).
#pragma once

#include <daybook/http.h>
#include <daybook/result.h>

#include "blobs/blob_store.h"

#include <string_view>

namespace daybook::http {

// Errors: too_large (the file), invalid naming the part (not an image), malformed (cut short).
Result<Response> upload_image(blobs::BlobStore& store, std::string_view content_type,
                              std::string_view body, std::size_t upload_bytes_max);
Result<Response> get_image(blobs::BlobStore& store, std::string_view name);

}  // namespace daybook::http
