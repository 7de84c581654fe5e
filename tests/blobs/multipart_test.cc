#include <catch2/catch.hpp>

#include "base/random.h"
#include "blobs/multipart.h"
#include "support/seed.h"

using daybook::Errc;
using daybook::blobs::first_file_part;
using namespace std::string_literals;

namespace {

const std::string type_b = "multipart/form-data; boundary=b";
const std::string file_head =
    "Content-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: "
    "image/png\r\n\r\n";

// One part between boundaries "b".
std::string wrapped(const std::string& part) { return "--b\r\n" + part + "\r\n--b--\r\n"; }

}  // namespace

TEST_CASE("the file of a usual form is found, with its names and bytes") {
  const auto body = wrapped(file_head + "BYTES\r\n--\r\n");  // the part is views into it
  const auto part = first_file_part(type_b, body);
  REQUIRE(part.ok());
  CHECK(part->name == "image");
  CHECK(part->file_name == "a.png");
  CHECK(part->content_type == "image/png");
  CHECK(part->bytes == "BYTES\r\n--\r\n");
}

TEST_CASE("forms that clients really send are understood") {
  struct Row {
    std::string content_type, body, bytes;
  };
  const auto row = GENERATE(values<Row>({
      // fields before and after; preamble and epilogue
      {type_b,
       "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n" + wrapped(file_head + "F"),
       "F"},
      {type_b, "ignore me\r\n" + wrapped(file_head + "F") + "and me", "F"},
      {type_b, "\r\n" + wrapped(file_head + "F"), "F"},
      // no CRLF at the very end; blanks after the boundary
      {type_b, "--b\r\n" + file_head + "F\r\n--b--", "F"},
      {type_b, "--b \t\r\n" + file_head + "F\r\n--b-- \r\n", "F"},
      // the file is followed by another part: its end is the next boundary
      {type_b,
       "--b\r\n" + file_head +
           "F\r\n--b\r\nContent-Disposition: form-data; name=z\r\n\r\n2\r\n--b--",
       "F"},
      // an empty file field of a browser is not the file
      {type_b,
       "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"\"\r\nContent-Type: "
       "application/octet-stream\r\n\r\n\r\n" +
           wrapped(file_head + "F"),
       "F"},
      // without a file name, but an image by its type; names in any case
      {type_b,
       wrapped("content-disposition: FORM-DATA; NAME=image\r\nCONTENT-TYPE: Image/PNG\r\n\r\nF"),
       "F"},
      // content that nearly is the boundary
      {type_b, wrapped(file_head + "\r\n--bx\r\n--\r\n-b\r\n--b-\r\nF"),
       "\r\n--bx\r\n--\r\n-b\r\n--b-\r\nF"},
      {type_b, wrapped(file_head), ""},
      // boundaries: quoted, in any case of the parameter, among other parameters, with 70
      // characters
      {"Multipart/Form-Data; charset=utf-8; Boundary=\"b\"", wrapped(file_head + "F"), "F"},
      {"multipart/form-data;boundary=\"a b'()+_,-./:=?\"",
       "--a b'()+_,-./:=?\r\n" + file_head + "F\r\n--a b'()+_,-./:=?--\r\n", "F"},
      {"multipart/form-data; boundary=x=y/z", "--x=y/z\r\n" + file_head + "F\r\n--x=y/z--\r\n",
       "F"},
      {"multipart/form-data; boundary=" + std::string(70, 'q'),
       "--" + std::string(70, 'q') + "\r\n" + file_head + "F\r\n--" + std::string(70, 'q') + "--",
       "F"},
      // a quoted file name with a quote and a semicolon in it
      {type_b,
       wrapped(
           "Content-Disposition: form-data; name=\"i\"; filename=\"a\\\"; x=\\\\.png\"\r\n\r\nF"),
       "F"},
  }));
  CAPTURE(row.content_type, row.body);
  const auto part = first_file_part(row.content_type, row.body);
  REQUIRE(part.ok());
  CHECK(part->bytes == row.bytes);
}

TEST_CASE("quoted parameters end at the right quote") {
  const std::string body = wrapped(
      "Content-Disposition: form-data; filename=\"a\\\"; name=x\\\\.png\"; "
      "name=\"image\"\r\n\r\nF");
  const auto part = first_file_part(type_b, body);
  REQUIRE(part.ok());
  CHECK(part->name == "image");
  CHECK(part->file_name == "a\\\"; name=x\\\\.png");
}

TEST_CASE("a content type that is no form with a boundary is unsupported") {
  const auto content_type = GENERATE(values<std::string>({
      ""s,
      "image/png"s,
      "multipart/mixed; boundary=b"s,
      "multipart/form-data"s,
      "multipart/form-data; boundary="s,
      "multipart/form-data; boundary=\"\""s,
      "multipart/form-data; boundary=" + std::string(71, 'q'),
      "multipart/form-data; boundary=\"b"s,
      "multipart/form-data; boundary=\"b \""s,
      "multipart/form-data; boundary=b; boundary=c"s,
      "multipart/form-data; boundary=b\xC3\xA9"s,
      "multipart/form-data; boundary=\"b\r\n\""s,
      "multipart/form-data boundary=b"s,
      "multipart/form-data; =b"s,
      "multipart/form-data; boundary=b{"s,
      "multipart/form-data; boundary=b\0"s,
  }));
  CAPTURE(content_type);
  const auto part = first_file_part(content_type, wrapped(file_head + "F"));
  REQUIRE_FALSE(part.ok());
  CHECK(part.error().code == Errc::unsupported_media);
}

TEST_CASE("a body that is cut short or misframed is malformed") {
  const auto body = GENERATE(values<std::string>({
      ""s,
      "--b"s,
      "--b\r\n"s,
      "no boundary at all"s,
      "--c\r\n" + file_head + "F\r\n--c--\r\n",
      "--b\r\n" + file_head + "F",
      "--b\r\n" + file_head + "F\r\n",
      "--b\r\n" + file_head + "F\r\n--b",
      "--b\r\n" + file_head + "F\r\n--b-",
      "--b\n" + file_head + "F\n--b--\n",
      "--b\r\n" + file_head + "F--b--\r\n",
      "--b\r\n--b--\r\n"s,
      wrapped("no headers"),
      wrapped("\r\nno headers"),
      wrapped(
          "Content-Disposition: form-data; name=\"image\"; filename=\"a\"\r\nno colon\r\n\r\nF"),
      wrapped(": no name\r\n\r\nF"),
      wrapped("Content-Type: image/png\r\n\r\nF"),
      wrapped("Content-Disposition: attachment; name=\"image\"; filename=\"a\"\r\n\r\nF"),
      wrapped("Content-Disposition: form-data; filename=\"a\"\r\n\r\nF"),
      wrapped("Content-Disposition: form-data; name=\"image; filename=a\r\n\r\nF"),
      wrapped("Content-Disposition: form-data; name=\"a\"; name=\"b\"; filename=\"c\"\r\n\r\nF"),
      wrapped(
          "Content-Disposition: form-data; name=\"a\"; filename=\"b\"; filename=\"c\"\r\n\r\nF"),
      wrapped("Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; "
              "name=\"a\"\r\n\r\nF"),
      wrapped("X: " + std::string(10'000, 'x') + "\r\n" + file_head + "F"),
  }));
  CAPTURE(body.substr(0, 200));
  const auto part = first_file_part(type_b, body);
  REQUIRE_FALSE(part.ok());
  CHECK(part.error().code == Errc::malformed);
}

TEST_CASE("a form without a file is invalid, and names what is missing") {
  const auto body = GENERATE(values<std::string>(
      {"--b--"s, "--b--\r\n"s, wrapped("Content-Disposition: form-data; name=\"image\"\r\n\r\n"),
       wrapped("Content-Disposition: form-data; name=\"image\"; filename=\"\"\r\n\r\n"),
       wrapped(
           "Content-Disposition: form-data; name=\"x\"\r\nContent-Type: text/plain\r\n\r\nF")}));
  CAPTURE(body);
  const auto part = first_file_part(type_b, body);
  REQUIRE_FALSE(part.ok());
  CHECK(part.error().code == Errc::invalid);
  REQUIRE(part.error().fields.size() == 1);
  CHECK(part.error().fields[0].field == "image");
}

TEST_CASE("a form of very many parts is refused") {
  std::string body;
  for (int i = 0; i < 1000; ++i)
    body += "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n";
  const auto part = first_file_part(type_b, body + wrapped(file_head + "F"));
  REQUIRE_FALSE(part.ok());
  CHECK(part.error().code == Errc::malformed);
}

namespace {

std::string random_text(daybook::Rng& rng, std::string_view alphabet, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += alphabet[rng.below(alphabet.size())];
  return out;
}

struct RandomForm {
  std::string content_type, body, file_bytes, file_name;
};

// Fields, one file among them, contents full of pieces of the boundary.
RandomForm random_form(daybook::Rng& rng) {
  const auto boundary = random_text(rng, "ab-'", 1 + rng.below(70));
  const auto content = [&] {
    for (;;) {
      std::string out;
      const auto pieces = rng.below(12);
      for (std::uint64_t i = 0; i < pieces; ++i) {
        switch (rng.below(5)) {
          case 0:
            out += "\r\n";
            break;
          case 1:
            out += "--" + boundary.substr(0, rng.below(boundary.size() + 1));
            break;
          case 2:
            out += "\r\n--";
            break;
          case 3:
            out += static_cast<char>(rng.next());
            break;
          default:
            out += random_text(rng, "ab-\r\n", rng.below(8));
        }
      }
      // A content may not contain its own delimiter.
      if (("\r\n" + out + "\r\n").find("\r\n--" + boundary) == std::string::npos) return out;
    }
  };
  RandomForm form{"multipart/form-data; boundary=\"" + boundary + "\"",
                  {},
                  content(),
                  random_text(rng, "xyz.; =", 1 + rng.below(9))};
  const auto parts = 1 + rng.below(5), file_at = rng.below(parts);
  for (std::uint64_t i = 0; i < parts; ++i) {
    form.body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"n\"";
    if (i == file_at) form.body += "; filename=\"" + form.file_name + "\"";
    form.body += "\r\n\r\n" + (i == file_at ? form.file_bytes : content()) + "\r\n";
  }
  form.body += "--" + boundary + "--\r\n";
  return form;
}

}  // namespace

TEST_CASE("random forms give back exactly the file that was put in") {
  daybook::Rng rng(daybook::test::test_seed());
  for (int round = 0; round < 5000; ++round) {
    const auto form = random_form(rng);
    CAPTURE(round, form.content_type, form.body);
    const auto part = first_file_part(form.content_type, form.body);
    REQUIRE(part.ok());
    REQUIRE(part->bytes == form.file_bytes);
    REQUIRE(part->file_name == form.file_name);
  }
}

TEST_CASE("a random form cut before its file's end is never taken for whole") {
  daybook::Rng rng(daybook::test::test_seed() + 1);
  for (int round = 0; round < 500; ++round) {
    const auto form = random_form(rng);
    const auto whole = first_file_part(form.content_type, form.body);
    REQUIRE(whole.ok());
    const auto file_end =
        static_cast<std::size_t>(whole->bytes.data() + whole->bytes.size() - form.body.data());
    const std::string cut = form.body.substr(0, rng.below(file_end + 1));
    CAPTURE(round, form.content_type, cut);
    const auto part = first_file_part(form.content_type, cut);
    REQUIRE_FALSE(part.ok());
  }
}
