// View: what readers see - the Book as committed, and each station's body, rendered once per
// change. Thread: guarded by the adapter's mutex; project() by the sequencer, everything const by
// readers (station_page() fills a cache under the same mutex).
#pragma once

#include "domains/booking/book.h"
#include "domains/booking/policy.h"

#include <daybook/bytes.h>
#include <daybook/ids.h>
#include <daybook/result.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::booking {

// How many bookings are what now; of the finished ones, how many there ever were.
struct Totals {
  std::uint64_t booked = 0;
  std::uint64_t held = 0;
  std::uint64_t waiting = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t expired = 0;
};

// The body of GET /stations/{name}, and where in the log it changed last.
struct StationPage {
  std::shared_ptr<const std::string> body;
  Position changed{};
};

class View {
 public:
  explicit View(const Policy& policy) : book_(policy) {}
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  void project(const Event& event, Position position) noexcept;

  [[nodiscard]] const Book& book() const { return book_; }
  // REQUIRES: a number of the book
  [[nodiscard]] StationPage station_page(std::uint32_t station) const;
  // Numbers of the stations, by name in the order of its bytes.
  [[nodiscard]] const std::map<std::string_view, std::uint32_t>& by_name() const {
    return by_name_;
  }
  [[nodiscard]] const Totals& totals() const { return totals_; }
  [[nodiscard]] std::size_t memory_bytes() const;

  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  struct Page {
    Position changed{};
    mutable std::shared_ptr<const std::string> body;  // null: not rendered since the change
  };
  void touch(std::uint32_t station, Position position);
  void count(Status before, Status after);

  Book book_;
  std::vector<Page> pages_;                            // by station
  std::map<std::string_view, std::uint32_t> by_name_;  // keys: the book's own names
  Totals totals_;
  mutable std::size_t body_bytes_ = 0;
};

}  // namespace daybook::booking
