#include "load/websocket_frames.h"

#include <algorithm>
#include <array>

namespace daybook::load {
namespace {

constexpr unsigned char final_bit = 0x80;
constexpr unsigned char reserved_bits = 0x70;
constexpr unsigned char opcode_bits = 0x0f;
constexpr unsigned char mask_bit = 0x80;
constexpr unsigned char length_bits = 0x7f;
constexpr unsigned char length_16 = 126;  // two bytes of length follow
constexpr unsigned char length_64 = 127;  // eight

std::size_t header_bytes(unsigned char length) {
  if (length == length_16) return 4;
  return length == length_64 ? 10 : 2;
}

void append_big_endian(std::string& out, std::uint64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(number >> shift));
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

bool is_known(unsigned char opcode) {
  constexpr std::array<unsigned char, 5> known{1, 2, 8, 9, 10};
  return std::ranges::find(known, opcode) != known.end();
}

}  // namespace

void append_client_frame(std::string& out, Opcode opcode, std::string_view payload,
                         std::uint32_t mask) {
  out.push_back(static_cast<char>(final_bit | static_cast<unsigned char>(opcode)));
  if (payload.size() < length_16) {
    out.push_back(static_cast<char>(mask_bit | payload.size()));
  } else if (payload.size() <= 0xffff) {
    out.push_back(static_cast<char>(mask_bit | length_16));
    append_big_endian(out, payload.size(), 2);
  } else {
    out.push_back(static_cast<char>(mask_bit | length_64));
    append_big_endian(out, payload.size(), 8);
  }
  const std::size_t mask_at = out.size();
  append_big_endian(out, mask, 4);
  const std::size_t payload_at = out.size();
  out.append(payload);
  for (std::size_t i = 0; i < payload.size(); ++i)
    out[payload_at + i] = static_cast<char>(out[payload_at + i] ^ out[mask_at + i % 4]);
}

void FrameReader::reset() {
  carry_.clear();
  carried_ = false;
  error_ = nullptr;
  payload_ = {};
}

std::size_t FrameReader::bytes_wanted(std::string_view bytes) {
  if (bytes.size() < 2) return 2;
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  if ((first & final_bit) == 0) error_ = "a fragmented message";
  if ((first & reserved_bits) != 0) error_ = "reserved bits set";
  if (!is_known(first & opcode_bits)) error_ = "an unknown opcode";
  if ((second & mask_bit) != 0) error_ = "a masked frame from the server";
  const unsigned char short_length = second & length_bits;
  const std::size_t header = header_bytes(short_length);
  if (bytes.size() < header) return header;
  const std::uint64_t payload =
      header == 2 ? short_length : big_endian(bytes.substr(2, header - 2));
  if (payload > frame_payload_bytes_max) error_ = "a frame of more than 1 MiB";
  return header + static_cast<std::size_t>(payload);
}

void FrameReader::take(std::string_view frame) {
  opcode_ = static_cast<Opcode>(static_cast<unsigned char>(frame[0]) & opcode_bits);
  payload_ = frame.substr(header_bytes(static_cast<unsigned char>(frame[1]) & length_bits));
}

FrameReader::State FrameReader::feed(std::string_view& in) {
  if (carried_) carry_.clear();
  carried_ = false;
  for (;;) {
    const std::string_view have = carry_.empty() ? in : std::string_view(carry_);
    const std::size_t wanted = bytes_wanted(have);
    if (error_ != nullptr) return State::bad;
    const bool header_whole =
        have.size() >= 2 &&
        have.size() >= header_bytes(static_cast<unsigned char>(have[1]) & length_bits);
    if (header_whole && have.size() >= wanted) {
      take(have.substr(0, wanted));
      carried_ = !carry_.empty();
      if (!carried_) in.remove_prefix(wanted);
      return State::frame;
    }
    if (in.empty()) return State::need_more;
    const std::size_t more = std::min(wanted - carry_.size(), in.size());
    carry_.append(in.substr(0, more));
    in.remove_prefix(more);
  }
}

}  // namespace daybook::load
