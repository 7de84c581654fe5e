// Form submissions: the reference's student form with an e-mail address of its own each, to one
// form or over many.
//
// Thread: any; what is made here belongs to one worker.
#pragma once

#include "load/record_source.h"
#include "load/record_text.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace daybook::load {

constexpr std::uint32_t forms_max = 10'000;
constexpr std::string_view student_form = "student-data-form";
constexpr std::string_view demo_form = "demo-form";

struct FormLoad : RecordRequests {
  // Submissions go to the student form and, from 2, the demo form and more student forms.
  std::uint32_t forms = 1;
};

// 0: student-data-form, 1: demo-form, then form-0002 and up.
std::string form_name(std::uint32_t form);

class SubmissionText final : public RecordText {
 public:
  // REQUIRES: as_line, or one form
  SubmissionText(std::uint32_t forms, bool as_line);
  void write(char* at, const RecordSeed& record) override;

 private:
  struct Demo {
    std::string text;  // as long as the student form's
    std::size_t item_at = 0;
  };
  static Demo demo_line(std::size_t size);

  std::vector<std::string> names_;
  std::size_t form_at_ = 0, form_room_ = 0;  // lines
  std::size_t name_at_ = 0, email_at_ = 0, gender_at_ = 0, mobile_at_ = 0, age_at_ = 0;
  std::size_t cgpa_at_ = 0;
  Demo demo_;
};

std::string form_path(const FormLoad& load);
std::unique_ptr<RequestSource> form_source(const FormLoad& load, unsigned thread);
// Submissions 0 to count - 1 of a seed.
std::unique_ptr<RequestSource> form_seed_source(const FormLoad& load, std::uint64_t count,
                                                SeedCursor& next_submission);

}  // namespace daybook::load
