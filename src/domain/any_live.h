// AnyLive: the live side of a domain (daybook/live.h) with its types erased.
//
// Threads: any; the view's mutex is inside.
#pragma once

#include <daybook/arena.h>
#include <daybook/http.h>
#include <daybook/ids.h>
#include <daybook/live.h>
#include <daybook/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook {

// A message of a domain's table; its kind and its place among those of that kind.
struct ErasedMessage {
  enum class Kind : std::uint8_t { read, command };
  std::string name;
  Kind kind = Kind::read;
  std::size_t index = 0;
};

struct ErasedLivePath {
  std::string pattern;
  std::string subprotocol;
  std::size_t index = 0;
};

class AnyLive {
 public:
  virtual ~AnyLive() = default;
  [[nodiscard]] virtual const std::vector<ErasedMessage>& messages() const = 0;
  [[nodiscard]] virtual const std::vector<ErasedLivePath>& paths() const = 0;

  virtual Result<LiveAnswer> read(std::size_t index, const LiveRequest& request) const = 0;
  virtual Result<const void*> parse(std::size_t index, const LiveRequest& request,
                                    Arena& arena) const = 0;
  // `command`: what parse gave, its arena still there.
  virtual Result<LiveAnswer> after(std::size_t index, const void* command, const Answer& answer,
                                   UnixUs now) const = 0;
  virtual Result<LiveAnswer> open(std::size_t index, const Request& request) const = 0;

  virtual std::vector<LiveChange> take_changed(std::size_t max) = 0;
  [[nodiscard]] virtual std::optional<LiveState> state(std::string_view topic,
                                                       UnixUs now) const = 0;
};

}  // namespace daybook
