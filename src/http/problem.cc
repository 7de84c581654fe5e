#include "http/problem.h"

#include <daybook/json.h>

namespace daybook::http {

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
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
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
  writer.end_object();
}

void append_error_members(std::string& out, const Error& error) {
  out += ",\"message\":";
  json::append_string(out, error.message);
  if (error.fields.empty()) return;
  out += ",\"errors\":";
  json::Writer writer(out);
  write_field_errors(writer, error);
}

}  // namespace daybook::http
