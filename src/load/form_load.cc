#include "load/form_load.h"

#include <daybook/check.h>

#include <cstring>

namespace daybook::load {
namespace {

constexpr std::size_t name_digits = 8;
constexpr std::size_t email_digits = 16;
constexpr std::size_t mobile_digits = 8;
constexpr std::size_t form_digits = 4;
static_assert(forms_max <= 10'000);

}  // namespace

std::string form_name(std::uint32_t form) {
  if (form == 0) return std::string(student_form);
  if (form == 1) return std::string(demo_form);
  std::string name = "form-" + std::string(form_digits, '0');
  write_digits(&name[name.size() - form_digits], form_digits, form);
  return name;
}

SubmissionText::SubmissionText(std::uint32_t forms, bool as_line) : RecordText("forms", as_line) {
  DAYBOOK_CHECK(forms >= 1 && forms <= forms_max && (as_line || forms == 1));
  for (std::uint32_t i = 0; i < forms; ++i) names_.push_back(form_name(i));
  if (as_line) {
    text_ += R"({"form":")";
    form_room_ = student_form.size() + 1;  // the longest
    form_at_ = add_room(form_room_);
    write_quoted_end(&text_[form_at_], form_room_, student_form);
    text_ += R"(,"body":)";
  }
  text_ += R"({"name":"Student )";
  name_at_ = add_room(name_digits);
  text_ += R"(","email":"s)";
  email_at_ = add_room(email_digits);
  text_ += R"(@example.com","gender":")";
  gender_at_ = text_.size();
  text_ += R"(F","mobile":"98)";
  mobile_at_ = add_room(mobile_digits);
  text_ += R"(","age":"2)";
  age_at_ = add_room(1);
  text_ += R"(","university":"Anna University","cgpa":"8.)";
  cgpa_at_ = add_room(1);
  text_ += as_line ? R"(","tech":"C++"}})" : R"(","tech":"C++"})";
  end();
  if (forms > 1) demo_ = demo_line(text_.size());
}

SubmissionText::Demo SubmissionText::demo_line(std::size_t size) {
  Demo demo;
  demo.text = R"({"topic":"forms","data":{"form":")" + std::string(demo_form) +
              R"(","body":{"item1":"first )";
  demo.item_at = demo.text.size();
  demo.text += std::string(name_digits, '0') + R"(","item2":"second"}}})";
  DAYBOOK_CHECK(demo.text.size() < size);
  demo.text.append(size - demo.text.size() - 1, ' ');
  demo.text += '\n';
  return demo;
}

void SubmissionText::write(char* at, const RecordSeed& record) {
  const std::uint64_t person = record.random.next();
  const std::uint64_t bits = record.random.next();
  const auto high = static_cast<std::uint32_t>(bits >> 32);
  const auto low = static_cast<std::uint32_t>(bits);
  if (names_.size() > 1) {
    const std::uint32_t form = share_of(high, static_cast<std::uint32_t>(names_.size()));
    if (form == 1) {
      std::memcpy(at, demo_.text.data(), demo_.text.size());
      return write_digits(at + demo_.item_at, name_digits, person);
    }
    prepare(at);  // the place may hold a line of the demo form
    write_quoted_end(at + form_at_, form_room_, names_[form]);
  }
  write_digits(at + name_at_, name_digits, low);
  write_hex(at + email_at_, person);
  at[gender_at_] = (bits & 1) != 0 ? 'M' : 'F';
  write_digits(at + mobile_at_, mobile_digits, high);
  write_digits(at + age_at_, 1, low >> 8);
  write_digits(at + cgpa_at_, 1, low >> 16);
}

std::string form_path(const FormLoad& load) {
  return path_of(load, "/" + std::string(student_form) + "/");
}

std::unique_ptr<RequestSource> form_source(const FormLoad& load, unsigned thread) {
  RecordRequests requests = load;
  requests.path = form_path(load);
  return std::make_unique<DrawnSource>(
      requests, std::make_unique<SubmissionText>(load.forms, load.batch != 0), thread);
}

std::unique_ptr<RequestSource> form_seed_source(const FormLoad& load, std::uint64_t count,
                                                SeedCursor& next_submission) {
  return std::make_unique<CountedSource>(load, std::make_unique<SubmissionText>(load.forms, true),
                                         count, next_submission);
}

}  // namespace daybook::load
