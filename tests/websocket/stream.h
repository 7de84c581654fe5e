// What a Decoder makes of a stream that is shown to it in slices, each in a buffer of its own that
// ends with the padding and is gone after the call: what the decoder remembered of it, or read
// behind it, a sanitizer would see.
#pragma once

#include "base/random.h"
#include "websocket/decoder.h"

#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::websocket::test {

using Step = Decoder::Step;

struct Item {
  Step step;
  std::string payload;  // of `failed`: empty, the words are for people
  std::uint16_t code = close_code::none;
  bool operator==(const Item&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Item& item);

using Items = std::vector<Item>;

// `slice_bytes`: how long the next slice is at most.
Items decode(Decoder& decoder, std::string_view stream,
             const std::function<std::size_t()>& slice_bytes);
Items decode_whole(Decoder& decoder, std::string_view stream);
Items decode_bytewise(Decoder& decoder, std::string_view stream);

// One client's frame with some mask.
std::string client_frame(Opcode opcode, std::string_view payload, bool final = true);
// A text of whole characters of one to four bytes, `bytes` long or up to three less.
std::string random_text(Rng& rng, std::size_t bytes);

}  // namespace daybook::websocket::test
