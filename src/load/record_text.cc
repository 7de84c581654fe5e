#include "load/record_text.h"

#include <daybook/check.h>

#include <array>
#include <cstring>

namespace daybook::load {
namespace {

constexpr std::array<char, 512> hex_pairs = [] {
  std::array<char, 512> pairs{};
  constexpr const char* digits = "0123456789abcdef";
  for (std::size_t i = 0; i < 256; ++i) {
    pairs[2 * i] = digits[i >> 4];
    pairs[2 * i + 1] = digits[i & 15];
  }
  return pairs;
}();

template <class Number>
void write_hex_of(char* at, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) {
    const std::size_t byte = (number >> (8 * (sizeof number - 1 - i))) & 0xff;
    std::memcpy(at + 2 * i, &hex_pairs[2 * byte], 2);
  }
}

}  // namespace

RecordText::RecordText(std::string_view topic, bool as_line) : as_line_(as_line) {
  if (as_line) text_ = R"({"topic":")" + std::string(topic) + R"(","data":)";
}

void RecordText::prepare(char* at) const { std::memcpy(at, text_.data(), text_.size()); }

std::size_t RecordText::add_room(std::size_t room) {
  text_.append(room, '0');
  return text_.size() - room;
}

void RecordText::end() {
  if (as_line_) text_ += "}\n";
}

void write_hex(char* at, std::uint64_t number) { write_hex_of(at, number); }
void write_hex(char* at, std::uint32_t number) { write_hex_of(at, number); }

void write_digits(char* at, std::size_t digits, std::uint64_t number) {
  for (std::size_t i = digits; i > 0; --i, number /= 10)
    at[i - 1] = static_cast<char>('0' + number % 10);
}

void write_quoted_end(char* at, std::size_t room, std::string_view text) {
  DAYBOOK_CHECK(text.size() < room);
  std::memcpy(at, text.data(), text.size());
  at[text.size()] = '"';
  std::memset(at + text.size() + 1, ' ', room - text.size() - 1);
}

}  // namespace daybook::load
