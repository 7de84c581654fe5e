#include "http/problem.h"

#include <daybook/json.h>

#include <utility>

namespace daybook::http {

namespace {

// RFC 9110's reason phrases, ascending.
constexpr std::pair<int, std::string_view> titles[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

}  // namespace

int status_of(Errc code) {
  switch (code) {
    case Errc::malformed:
      return 400;
    case Errc::unauthenticated:
      return 401;
    case Errc::forbidden:
      return 403;
    case Errc::not_found:
      return 404;
    case Errc::method_not_allowed:
      return 405;
    case Errc::timeout:
      return 408;
    case Errc::conflict:
      return 409;
    case Errc::too_large:
      return 413;
    case Errc::unsupported_media:
      return 415;
    case Errc::invalid:
      return 422;
    case Errc::rate_limited:
      return 429;
    case Errc::header_too_large:
      return 431;
    case Errc::internal:
    case Errc::corrupt:
      return 500;
    case Errc::busy:
    case Errc::unavailable:
      return 503;
  }
  return 500;
}

std::string_view status_title(int status) {
  for (const auto& [code, title] : titles)
    if (code == status) return title;
  return "Unknown";
}

namespace {
void write_field_errors(json::Writer& writer, const Error& error) {
  writer.begin_array();
  for (const FieldError& field : error.fields) {
    writer.begin_object();
    writer.member("field", field.field);
    writer.member("code", field.code);
    writer.member("message", field.message);
    writer.end_object();
  }
  writer.end_array();
}

void append_more_members(std::string& out, const Error& error) {
  if (error.members.empty()) return;
  out += ',';
  out += error.members;
}
}  // namespace

void append_problem(std::string& out, int status, const Error& error) {
  json::Writer writer(out);
  writer.begin_object();
  writer.member("type", "about:blank");
  writer.member("title", status_title(status));
  writer.member("status", std::int64_t{status});
  writer.member("detail", error.message);
  writer.member("message", error.message);
  if (!error.fields.empty()) {
    writer.key("errors");
    write_field_errors(writer, error);
  }
  append_more_members(out, error);
  writer.end_object();
}

void append_error_members(std::string& out, const Error& error) {
  out += ",\"message\":";
  json::append_string(out, error.message);
  if (!error.fields.empty()) {
    out += ",\"errors\":";
    json::Writer writer(out);
    write_field_errors(writer, error);
  }
  append_more_members(out, error);
}

}  // namespace daybook::http
