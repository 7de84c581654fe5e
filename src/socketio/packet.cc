#include "socketio/packet.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace daybook::socketio {
namespace {

// Names the libraries on both sides use for themselves.
constexpr std::array<std::string_view, 6> reserved_names{
    "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"};

Error malformed(std::string_view what) { return {Errc::malformed, std::string(what)}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes a number without needless zeros off the front. Nullopt: none, or beyond `max`.
std::optional<std::uint64_t> take_number(std::string_view& text, std::uint64_t max) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto length = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || number > max || (length > 1 && text.front() == '0'))
    return std::nullopt;
  text.remove_prefix(length);
  return number;
}

Result<std::string_view> take_namespace(std::string_view& text) {
  if (!text.starts_with('/')) return std::string_view("/");
  const std::size_t end = text.find(',');
  const std::string_view name = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  if (name.size() > namespace_bytes_max) return malformed("a namespace is at most 128 bytes long");
  for (const char c : name)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
      return malformed("a namespace holds no control characters");
  return name;
}

// Which types have which parts.
Result<void> check_parts(const Packet& packet) {
  const bool acknowledges = packet.type == PacketType::ack || packet.type == PacketType::binary_ack;
  const bool is_event = packet.type == PacketType::event || packet.type == PacketType::binary_event;
  if (acknowledges && !packet.ack) return malformed("an acknowledgement says which event's it is");
  if (packet.ack && !acknowledges && !is_event)
    return malformed("only events and acknowledgements have a number");
  if ((acknowledges || is_event) && packet.json.empty())
    return malformed("events and acknowledgements have a payload");
  if (packet.type == PacketType::disconnect && !packet.json.empty())
    return malformed("a DISCONNECT has no payload");
  return {};
}

bool is_reserved(std::string_view name) {
  return std::ranges::find(reserved_names, name) != reserved_names.end();
}

// Counts the placeholders below `value`; false: one that names no attachment or one named before.
// The parser limits the depth. `seen`: a bit for each attachment.
bool check_placeholders(const json::Value& value, std::size_t attachments, std::uint64_t& seen) {
  bool good = true;
  if (value.is_array())
    value.each_element([&](const json::Value& element) {
      good = good && check_placeholders(element, attachments, seen);
    });
  if (!value.is_object()) return good;
  const auto mark = value.find("_placeholder");
  if (!mark || mark->kind() != json::Kind::boolean || !mark->boolean()) {
    value.each_member([&](std::string_view, const json::Value& member) {
      good = good && check_placeholders(member, attachments, seen);
    });
    return good;
  }
  const auto number = value.find("num");
  const auto index = number && number->is_number() ? number->as_int64() : std::nullopt;
  if (!index || *index < 0 || static_cast<std::uint64_t>(*index) >= attachments) return false;
  const std::uint64_t bit = std::uint64_t{1} << *index;
  if ((seen & bit) != 0) return false;
  seen |= bit;
  return true;
}

std::uint64_t bits_below(std::size_t count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

bool begins_with_event_name(const json::Value& array) {
  bool first = true, good = false;
  array.each_element([&](const json::Value& element) {
    if (!std::exchange(first, false)) return;
    good = element.is_number() || (element.is_string() && !is_reserved(element.string()));
  });
  return good;
}

constexpr std::string_view json_blanks = " \t\r\n";

}  // namespace

Result<Packet> decode_packet(std::string_view text, std::size_t attachments_max) {
  if (text.empty() || text.front() < '0' || text.front() > '6')
    return malformed("unknown packet type");
  Packet packet;
  packet.type = static_cast<PacketType>(text.front() - '0');
  text.remove_prefix(1);
  if (packet.type == PacketType::connect_error) return malformed("only a server refuses a CONNECT");
  if (packet.is_binary()) {
    const auto count = take_number(text, attachments_max);
    if (!count || !text.starts_with('-')) return malformed("illegal number of attachments");
    text.remove_prefix(1);
    packet.attachments = static_cast<std::size_t>(*count);
  }
  DAYBOOK_TRY(packet.name, take_namespace(text));
  if (!text.empty() && is_digit(text.front())) {
    packet.ack = take_number(text, ack_number_max);
    if (!packet.ack) return malformed("illegal acknowledgement number");
  }
  packet.json = text;
  DAYBOOK_TRY_VOID(check_parts(packet));
  return packet;
}

void append_packet(std::string& out, const Packet& packet) {
  out.push_back(static_cast<char>('0' + static_cast<int>(packet.type)));
  if (packet.is_binary()) out.append(std::to_string(packet.attachments)).push_back('-');
  if (packet.name != "/") out.append(packet.name).push_back(',');
  if (packet.ack) out.append(std::to_string(*packet.ack));
  out.append(packet.json);
}

Result<json::Value> parse_payload(const Packet& packet, json::Parser& parser, bool padded) {
  if (packet.json.empty()) return json::Value();
  DAYBOOK_TRY(json::Value value, parser.parse(packet.json, padded));
  if (packet.type == PacketType::connect) {
    if (!value.is_object()) return malformed("a CONNECT's payload is an object");
    return value;
  }
  if (!value.is_array()) return malformed("a payload is an array");
  const bool is_event = packet.type == PacketType::event || packet.type == PacketType::binary_event;
  if (is_event && !begins_with_event_name(value))
    return malformed("an event begins with a name that is not reserved");
  std::uint64_t seen = 0;
  if (packet.is_binary() && (!check_placeholders(value, packet.attachments, seen) ||
                             seen != bits_below(packet.attachments)))
    return malformed("the placeholders do not fit the attachments");
  return value;
}

void append_event_array(std::string& out, std::string_view event, std::string_view args) {
  out.push_back('[');
  json::append_string(out, event);
  if (!args.empty()) out.append(",").append(args);
  out.push_back(']');
}

EventParts split_event(std::string_view array_text, const json::Value& array,
                       std::string& unescaped) {
  array_text = array_text.substr(array_text.find('[') + 1);
  array_text.remove_prefix(array_text.find_first_not_of(json_blanks));
  array_text = array_text.substr(0, array_text.rfind(']'));
  EventParts parts;
  std::size_t end = 0;  // of the name in the text
  if (array_text.front() == '"') {
    end = 1;
    while (array_text[end] != '"') end += array_text[end] == '\\' ? 2u : 1u;
    parts.name = array_text.substr(1, end - 1);
    ++end;
  } else {
    end = std::min(array_text.find_first_of(", \t\r\n"), array_text.size());
    parts.name = array_text.substr(0, end);
  }
  if (parts.name.find('\\') != std::string_view::npos) {
    unescaped.clear();
    array.each_element([&](const json::Value& element) {
      if (unescaped.empty() && element.is_string()) unescaped = element.string();
    });
    parts.name = unescaped;
  }
  const std::size_t comma = array_text.find(',', end);
  if (comma == std::string_view::npos) return parts;
  parts.args = array_text.substr(comma + 1);
  const std::size_t first = parts.args.find_first_not_of(json_blanks);
  parts.args = parts.args.substr(first, parts.args.find_last_not_of(json_blanks) + 1 - first);
  return parts;
}

}  // namespace daybook::socketio
