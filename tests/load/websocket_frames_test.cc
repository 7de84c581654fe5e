#include "load/websocket_frames.h"

#include "live_stub.h"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace daybook::load;
using daybook::load::testing::server_frame;

namespace {

// A whole unmasked frame with a text of `bytes`.
std::string long_frame(std::size_t bytes) {
  std::string frame = "\x81\x7f";
  for (int shift = 56; shift >= 0; shift -= 8) frame.push_back(static_cast<char>(bytes >> shift));
  return frame + std::string(bytes, 'x');
}

}  // namespace

TEST_CASE("a client's frame is masked, as RFC 6455 shows it") {
  std::string out;
  append_client_frame(out, Opcode::text, "Hello", 0x37fa213d);
  CHECK(out == "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST_CASE("a client's frame has the shortest length that fits") {
  struct Row {
    std::size_t bytes;
    std::size_t header;
    int second;
  };
  for (const Row& row : {Row{0, 6, 0x80}, Row{125, 6, 0xfd}, Row{126, 8, 0xfe}, Row{65535, 8, 0xfe},
                         Row{65536, 14, 0xff}}) {
    std::string out;
    append_client_frame(out, Opcode::text, std::string(row.bytes, 'a'), 0);
    INFO(row.bytes);
    CHECK(out.size() == row.header + row.bytes);
    CHECK(static_cast<unsigned char>(out[1]) == row.second);
  }
}

TEST_CASE("frames are read wherever the network cuts them") {
  const std::string all = server_frame("one") + server_frame("") +
                          server_frame(std::string(300, 'b')) + long_frame(70'000) +
                          server_frame("last");
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7},
                                 std::size_t{1000}, all.size()}) {
    FrameReader reader;
    std::vector<std::size_t> sizes;
    for (std::size_t at = 0; at < all.size(); at += step) {
      std::string_view in = std::string_view(all).substr(at, step);
      while (reader.feed(in) == FrameReader::State::frame) {
        sizes.push_back(reader.payload().size());
        if (sizes.size() == 1) CHECK(reader.payload() == "one");
        if (sizes.size() == 5) CHECK(reader.payload() == "last");
      }
      CHECK(in.empty());
    }
    INFO("in steps of " << step);
    CHECK(sizes == std::vector<std::size_t>{3, 0, 300, 70'000, 4});
  }
}

TEST_CASE("what no server may send is no frame") {
  struct Row {
    std::string_view bytes;
    const char* error;
  };
  using std::string_view_literals::operator""sv;
  for (const Row& row :
       {Row{"\x01\x01x"sv, "a fragmented message"}, Row{"\xc1\x01x"sv, "reserved bits set"},
        Row{"\x83\x01x"sv, "an unknown opcode"},
        Row{"\x81\x81\0\0\0\0x"sv, "a masked frame from the server"},
        Row{"\x81\x7f\0\0\0\0\0\x10\0\1"sv, "a frame of more than 1 MiB"},
        Row{"\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"sv, "a frame of more than 1 MiB"}}) {
    FrameReader reader;
    std::string_view in = row.bytes;
    CHECK(reader.feed(in) == FrameReader::State::bad);
    CHECK(std::string(reader.error()) == row.error);
  }
}
