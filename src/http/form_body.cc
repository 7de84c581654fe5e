#include "http/form_body.h"

#include <daybook/fields.h>

#include "blobs/multipart.h"

#include <unordered_map>
#include <vector>

namespace daybook::http {
namespace {

static_assert(form_fields_max <= json::members_max);  // the parser takes what is made here

Error too_many_fields() {
  return Error{Errc::malformed,
               "the form has more than " + std::to_string(form_fields_max) + " fields"};
}

Error field_error(std::string_view name, std::string_view code, std::string_view rule) {
  return Error{Errc::malformed,
               "the form's field " + std::string(name) + " " + std::string(rule),
               {FieldError{std::string(name), std::string(code), std::string(rule)}}};
}

// The values by name, in the order in which the names came.
class FormFields {
 public:
  Result<void> add(std::string name, std::string value) {
    if (!json::is_valid_utf8(name))
      return Error{Errc::malformed, "the name of a form's field is not UTF-8"};
    if (!json::is_valid_utf8(value)) return field_error(name, "not_utf8", "must be UTF-8");
    if (++count_ > form_fields_max) return too_many_fields();
    const bool listed = name.size() > 2 && name.ends_with("[]");
    if (listed) name.resize(name.size() - 2);
    const auto [at, fresh] = index_.try_emplace(name, fields_.size());
    if (fresh) fields_.push_back({std::move(name), {}, false});
    Field& field = fields_[at->second];
    field.listed = field.listed || listed;
    field.values.push_back(std::move(value));
    return {};
  }

  void append_json(std::string& out) const {
    json::Writer writer(out);
    writer.begin_object();
    for (const Field& field : fields_) {
      writer.key(field.name);
      const bool list = field.listed || field.values.size() > 1;
      if (list) writer.begin_array();
      for (const std::string& value : field.values) writer.string(value);
      if (list) writer.end_array();
    }
    writer.end_object();
  }

 private:
  struct Field {
    std::string name;
    std::vector<std::string> values;
    bool listed = false;  // its name ended in "[]"
  };
  std::vector<Field> fields_;
  std::unordered_map<std::string, std::size_t> index_;
  std::size_t count_ = 0;
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// %00 stays what it is: like \u0000 in JSON it is the field's rule that refuses it.
Result<std::string> decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return Error{Errc::malformed, "a broken percent escape in the form's body"};
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return out;
}

Result<void> read_urlencoded(std::string_view body, FormFields& fields) {
  while (!body.empty()) {
    const std::size_t end = body.find('&');
    const std::string_view pair = body.substr(0, end);
    body = end == std::string_view::npos ? std::string_view{} : body.substr(end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    DAYBOOK_TRY(std::string name, decode(pair.substr(0, equals)));
    std::string value;
    if (equals != std::string_view::npos) {
      auto decoded = decode(pair.substr(equals + 1));
      if (!decoded) return std::move(decoded).error();
      value = std::move(decoded).value();
    }
    DAYBOOK_TRY_VOID(fields.add(std::move(name), std::move(value)));
  }
  return {};
}

// Browsers write a quote, CR and LF in a name as %22, %0D and %0A and leave % alone; others put a
// backslash before a quote.
std::string part_name(std::string_view quoted) {
  std::string name;
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    const std::string_view three = quoted.substr(i, 3);
    const bool escaped = quoted[i] == '\\' && i + 1 < quoted.size() &&
                         (quoted[i + 1] == '"' || quoted[i + 1] == '\\');
    if (escaped) {
      name.push_back(quoted[++i]);
    } else if (three == "%22" || three == "%0D" || three == "%0A") {
      name.push_back(three == "%22" ? '"' : three == "%0D" ? '\r' : '\n');
      i += 2;
    } else {
      name.push_back(quoted[i]);
    }
  }
  return name;
}

Result<void> read_multipart(std::string_view content_type, std::string_view body,
                            FormFields& fields) {
  return blobs::for_each_part(
      content_type, body, form_fields_max, [&](const blobs::FormPart& part) -> Result<bool> {
        std::string name = part_name(part.name);
        if (part.has_file_name) {
          // What a browser sends for a file field that was left empty.
          if (part.file_name.empty() && part.bytes.empty()) return true;
          if (!json::is_valid_utf8(name)) name.clear();
          return Error::field(name, "file", "must be text, no file is taken here");
        }
        DAYBOOK_TRY_VOID(fields.add(std::move(name), std::string(part.bytes)));
        return true;
      });
}

}  // namespace

Result<void> append_form_as_json(std::string_view content_type, std::string_view body,
                                 std::string& out) {
  FormFields fields;
  if (form_type(content_type) == FormType::multipart)
    DAYBOOK_TRY_VOID(read_multipart(content_type, body, fields));
  else
    DAYBOOK_TRY_VOID(read_urlencoded(body, fields));
  fields.append_json(out);
  return {};
}

}  // namespace daybook::http
