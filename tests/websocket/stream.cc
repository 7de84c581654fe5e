#include "websocket/stream.h"

#include <daybook/check.h>
#include <daybook/json.h>

#include <algorithm>
#include <array>
#include <memory>

namespace daybook::websocket::test {
namespace {

constexpr std::size_t padding_bytes = json::Parser::padding_bytes;

// Reads the padding, so that a sanitizer can say that it is not there.
void touch_padding(std::string_view payload) {
  const volatile char* behind = payload.data() + payload.size();
  for (std::size_t i = 0; i < padding_bytes; ++i) (void)behind[i];
}

Item item_of(const Decoder& decoder, Step step) {
  Item item{step, {}, close_code::none};
  if (step == Step::close || step == Step::failed) item.code = decoder.close_code();
  if (step == Step::failed) {
    DAYBOOK_CHECK(!decoder.payload().empty() && may_close_with(item.code));
    return item;
  }
  item.payload = decoder.payload();
  touch_padding(decoder.payload());
  return item;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Item& item) {
  constexpr std::array names{"need_more", "text", "binary", "ping", "pong", "close", "failed"};
  out << names[static_cast<std::size_t>(item.step)] << " " << item.code << " of "
      << item.payload.size() << " bytes";
  return item.payload.size() <= 40 ? out << ": " << item.payload : out;
}

Items decode(Decoder& decoder, std::string_view stream,
             const std::function<std::size_t()>& slice_bytes) {
  Items items;
  while (!stream.empty()) {
    const std::size_t bytes = std::min(slice_bytes(), stream.size());
    const auto slice = std::make_unique<char[]>(bytes + padding_bytes);
    std::copy_n(stream.data(), bytes, slice.get());
    stream.remove_prefix(bytes);
    std::span<char> rest(slice.get(), bytes);
    for (;;) {
      std::size_t used = 0;
      const Step step = decoder.decode(rest, used);
      DAYBOOK_CHECK(used <= rest.size());
      rest = rest.subspan(used);
      if (step == Step::need_more) break;
      items.push_back(item_of(decoder, step));
    }
    DAYBOOK_CHECK(rest.empty());
  }
  return items;
}

Items decode_whole(Decoder& decoder, std::string_view stream) {
  return decode(decoder, stream, [&] { return stream.size(); });
}

Items decode_bytewise(Decoder& decoder, std::string_view stream) {
  return decode(decoder, stream, [] { return 1; });
}

std::string client_frame(Opcode opcode, std::string_view payload, bool final) {
  std::string out;
  append_client_frame(out, opcode, payload, 0x9E3779B9, final);
  return out;
}

std::string random_text(Rng& rng, std::size_t bytes) {
  constexpr std::array<std::string_view, 8> characters{"a",
                                                       "\x7F",
                                                       "\xC2\x80",
                                                       "\xDF\xBF",
                                                       "\xE0\xA0\x80",
                                                       "\xED\x9F\xBF",
                                                       "\xF0\x90\x80\x80",
                                                       "\xF4\x8F\xBF\xBF"};
  std::string text;
  while (text.size() + 3 < bytes) text += characters[rng.below(characters.size())];
  while (text.size() < bytes && rng.below(4) != 0) text += 'z';
  return text;
}

}  // namespace daybook::websocket::test
