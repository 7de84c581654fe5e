#include "websocket/decoder.h"

#include <daybook/check.h>
#include <daybook/fields.h>
#include <daybook/json.h>

#include "websocket/utf8.h"

#include <algorithm>
#include <cstring>

namespace daybook::websocket {
namespace {

constexpr std::size_t buffer_bytes_min = 256;
constexpr std::size_t short_header_bytes = 2;  // before a longer length and the mask
constexpr std::size_t mask_bytes = 4;

constexpr std::uint8_t final_bit = 0x80;
constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t opcode_bits = 0x0F;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t length_bits = 0x7F;
constexpr std::uint8_t length_in_2_bytes = 126;
constexpr std::uint8_t length_in_8_bytes = 127;

bool is_control(Opcode opcode) { return opcode >= Opcode::close; }

bool is_known(Opcode opcode) {
  return opcode <= Opcode::binary || (is_control(opcode) && opcode <= Opcode::pong);
}

std::size_t extra_length_bytes(std::uint8_t second) {
  const unsigned length = second & length_bits;
  return length == length_in_2_bytes ? 2 : length == length_in_8_bytes ? 8 : 0;
}

std::uint64_t big_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = (value << 8) | byte;
  return value;
}

bool is_shortest_form(std::uint64_t length, std::size_t extra) {
  if (extra == 0) return true;
  if (extra == 2) return length >= length_in_2_bytes;
  return length > 0xFFFF && length >> 63 == 0;
}

}  // namespace

Decoder::Decoder(const DecoderOptions& options)
    : allowance_(options.allowance),
      message_bytes_max_(static_cast<std::uint32_t>(options.message_bytes_max)),
      from_client_(options.from == From::client),
      takes_binary_(options.binary) {
  DAYBOOK_CHECK(options.message_bytes_max > 0 && options.message_bytes_max <= message_bytes_limit);
}

std::size_t Decoder::memory_bytes() const {
  return capacity_ == 0 ? 0 : capacity_ + json::Parser::padding_bytes;
}

Decoder::Step Decoder::decode(std::span<char> received, std::size_t& used) {
  used = 0;
  payload_ = {};
  const bool between_messages = state_ == State::header && message_ == Opcode::continuation;
  if (between_messages || state_ == State::ended) release();
  for (;;) {
    if (state_ == State::ended) {
      used = received.size();
      return Step::need_more;
    }
    if (state_ == State::header) {
      if (!take_header(received, used)) return Step::need_more;
      if (open_frame() == Step::failed) return Step::failed;
    }
    const Step step = take_payload(received, used);
    if (step != Step::need_more || state_ == State::payload) return step;
  }
}

std::size_t Decoder::header_bytes() const {
  if (header_taken_ < short_header_bytes) return short_header_bytes;
  return short_header_bytes + extra_length_bytes(header_[1]) +
         ((header_[1] & mask_bit) != 0 ? mask_bytes : 0);
}

bool Decoder::take_header(std::span<char> received, std::size_t& used) {
  while (header_taken_ < header_bytes()) {
    if (used == received.size()) return false;
    header_[header_taken_++] = static_cast<std::uint8_t>(received[used++]);
  }
  return true;
}

Decoder::Step Decoder::open_frame() {
  const std::span<const std::uint8_t> header(header_);
  const std::size_t extra = extra_length_bytes(header[1]);
  const std::uint64_t length =
      extra == 0 ? header[1] & length_bits : big_endian(header.subspan(short_header_bytes, extra));
  opcode_ = static_cast<Opcode>(header[0] & opcode_bits);
  final_ = (header[0] & final_bit) != 0;
  if (!is_shortest_form(length, extra))
    return fail(close_code::protocol_error, "a frame's length is not in its shortest form");
  if (check_header(length) == Step::failed) return Step::failed;
  mask_ = 0;
  if (from_client_) std::memcpy(&mask_, &header[short_header_bytes + extra], mask_bytes);
  if (opcode_ == Opcode::text || opcode_ == Opcode::binary) message_ = opcode_;
  frame_bytes_ = static_cast<std::uint32_t>(length);
  frame_taken_ = 0;
  header_taken_ = 0;
  state_ = State::payload;
  return Step::need_more;
}

Decoder::Step Decoder::check_header(std::uint64_t length) {
  constexpr auto wrong = close_code::protocol_error;
  if ((header_[0] & reserved_bits) != 0) return fail(wrong, "a frame has a reserved bit set");
  if (!is_known(opcode_)) return fail(wrong, "a frame has an unknown opcode");
  if (((header_[1] & mask_bit) != 0) != from_client_)
    return fail(wrong, from_client_ ? "a client's frames must be masked"
                                    : "a server's frames must not be masked");
  if (is_control(opcode_)) {
    if (!final_) return fail(wrong, "a control frame must not be fragmented");
    if (length > control_bytes_max) return fail(wrong, "a control frame is over 125 bytes");
    return Step::need_more;
  }
  const bool begins = opcode_ != Opcode::continuation;
  const bool under_way = message_ != Opcode::continuation;
  if (begins && under_way) return fail(wrong, "a message begins inside another");
  if (!begins && !under_way) return fail(wrong, "a fragment belongs to no message");
  if (opcode_ == Opcode::binary && !takes_binary_)
    return fail(close_code::unsupported, "binary messages are not taken here");
  if (length > message_bytes_max_ - message_bytes_)
    return fail(close_code::too_big, "the message is too large");
  return Step::need_more;
}

Decoder::Step Decoder::take_payload(std::span<char> received, std::size_t& used) {
  const std::size_t left = frame_bytes_ - frame_taken_;
  const std::size_t bytes = std::min(left, received.size() - used);
  char* const data = received.data() + used;
  used += bytes;
  const bool control = is_control(opcode_);
  const bool in_place =
      frame_taken_ == 0 && bytes == left && (control || (final_ && message_bytes_ == 0));
  std::string_view whole;
  if (in_place) {
    if (mask_ != 0) apply_mask(data, data, bytes, mask_, 0);
    whole = {data, bytes};
  } else {
    const std::size_t at = message_bytes_ + (control ? frame_taken_ : 0);
    if (!reserve(at + bytes)) {
      release();
      return fail(close_code::try_again_later, "too many large messages are on their way");
    }
    apply_mask(buffer_.get() + at, data, bytes, mask_, frame_taken_);
    frame_taken_ += static_cast<std::uint32_t>(bytes);
    if (!control) message_bytes_ += static_cast<std::uint32_t>(bytes);
    if (bytes < left) return control ? Step::need_more : check_text();
    whole = control ? std::string_view(buffer_.get() + message_bytes_, frame_bytes_)
                    : std::string_view(buffer_.get(), message_bytes_);
  }
  state_ = State::header;
  if (opcode_ == Opcode::close) return close_frame(whole);
  if (!control) return final_ ? end_message(whole) : check_text();
  payload_ = whole;
  return opcode_ == Opcode::ping ? Step::ping : Step::pong;
}

Decoder::Step Decoder::close_frame(std::string_view bytes) {
  if (bytes.size() == 1) return fail(close_code::protocol_error, "a close code has two bytes");
  if (!bytes.empty()) {
    close_code_ = static_cast<std::uint16_t>((static_cast<std::uint8_t>(bytes[0]) << 8) |
                                             static_cast<std::uint8_t>(bytes[1]));
    if (!may_close_with(close_code_))
      return fail(close_code::protocol_error, "a close frame has a code that must not be sent");
    bytes.remove_prefix(2);
    if (!json::is_valid_utf8(bytes))
      return fail(close_code::not_utf8, "a close frame's reason is not UTF-8");
  }
  state_ = State::ended;
  payload_ = bytes;
  return Step::close;
}

Decoder::Step Decoder::end_message(std::string_view bytes) {
  const bool text = message_ == Opcode::text;
  if (text && !json::is_valid_utf8(bytes.substr(checked_bytes_)))
    return fail(close_code::not_utf8, "a text message is not UTF-8");
  message_ = Opcode::continuation;
  message_bytes_ = 0;
  checked_bytes_ = 0;
  payload_ = bytes;
  return text ? Step::text : Step::binary;
}

// Of a message that goes on: what has come must be the beginning of a valid text.
Decoder::Step Decoder::check_text() {
  if (message_ != Opcode::text) return Step::need_more;
  std::string_view text(buffer_.get(), message_bytes_);
  text.remove_prefix(checked_bytes_);
  const std::size_t unfinished = unfinished_bytes(text);
  const std::size_t whole = text.size() - unfinished;
  if (!json::is_valid_utf8(text.substr(0, whole)) ||
      (unfinished != 0 && !may_begin_character(text.substr(whole))))
    return fail(close_code::not_utf8, "a text message is not UTF-8");
  checked_bytes_ += static_cast<std::uint32_t>(whole);
  return Step::need_more;
}

Decoder::Step Decoder::fail(std::uint16_t code, std::string_view why) {
  state_ = State::ended;
  close_code_ = code;
  payload_ = why;
  return Step::failed;
}

std::size_t Decoder::counted(std::size_t capacity) const {
  return allowance_ == nullptr || capacity <= allowance_->bytes_free ? 0 : capacity;
}

bool Decoder::reserve(std::size_t bytes) {
  if (bytes <= capacity_) return true;
  const std::size_t most = std::size_t{message_bytes_max_} + control_bytes_max;
  const std::size_t capacity =
      std::max(bytes, std::min(most, std::max(2 * std::size_t{capacity_}, buffer_bytes_min)));
  if (const std::size_t more = counted(capacity) - counted(capacity_); more != 0) {
    if (more > allowance_->bytes_max - allowance_->bytes) return false;
    allowance_->bytes += more;
  }
  auto grown = std::make_unique<char[]>(capacity + json::Parser::padding_bytes);
  if (capacity_ != 0) std::memcpy(grown.get(), buffer_.get(), capacity_);
  buffer_ = std::move(grown);
  capacity_ = static_cast<std::uint32_t>(capacity);
  return true;
}

void Decoder::release() {
  if (const std::size_t held = counted(capacity_); held != 0) allowance_->bytes -= held;
  buffer_.reset();
  capacity_ = 0;
}

}  // namespace daybook::websocket
