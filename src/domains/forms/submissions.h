// Submissions: which ones are asked for, and reading them from the log in order. The view says
// where they are, a few hundred at a time; the log is read there and nowhere else, so a page costs
// the same wherever it is. Thread: the worker's; a reader belongs to one request or export.
#pragma once

#include "domains/forms/domain.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::forms {

enum class SpamFilter : std::uint8_t { hide, with, only };
enum class FlagFilter : std::uint8_t { any, only, without };

struct SubmissionQuery {
  std::string form;
  UnixUs from{std::numeric_limits<std::int64_t>::min()};
  UnixUs until{std::numeric_limits<std::int64_t>::max()};  // exclusive
  std::uint32_t version = 0;                               // 0: any
  SpamFilter spam = SpamFilter::hide;
  FlagFilter flags = FlagFilter::any;
  bool newest_first = false;
  Position after{};  // the last one seen before, in this order; 0: none
};

// ?from ?to ?version ?spam ?flagged ?order ?after; every wrong one is listed in the 422.
Result<SubmissionQuery> read_query(const Request& request);

// Where the next ones are, without their times being sure: at most `count`, in the query's order.
// FlagFilter::without is the reader's.
std::vector<Position> find_positions(const View& view, const SubmissionQuery& query,
                                     Position visible, std::size_t count);

// One submission; the body is a view that ends with the call it is given to.
struct Row {
  Position position{};
  Id128 id{};
  UnixUs at{};
  std::uint32_t version = 0;
  Spam spam = Spam::none;
  bool is_flagged = false;
  std::string_view body;
};

class SubmissionReader {
 public:
  using Take = std::function<bool(const Row&)>;

  explicit SubmissionReader(SubmissionQuery query) : query_(std::move(query)) {}

  // Gives at most `count` further rows to `take`, in order, until it returns false; that row counts
  // as taken. at_end() says whether there can be more.
  Result<void> read(ReadContext<Domain>& context, std::size_t count, const Take& take);
  [[nodiscard]] bool at_end() const { return at_end_; }
  [[nodiscard]] const SubmissionQuery& query() const { return query_; }

 private:
  struct KeptRow;
  Result<bool> read_part(ReadContext<Domain>& context, std::span<const Position> part,
                         std::size_t& count, const Take& take);
  Result<bool> read_part_back(ReadContext<Domain>& context, std::span<const Position> part,
                              std::size_t& count, const Take& take);
  [[nodiscard]] bool is_wanted(const Event& event) const;
  [[nodiscard]] std::vector<Position> find(ReadContext<Domain>& context, std::size_t count);
  [[nodiscard]] bool is_flagged(Position position) const {
    return std::binary_search(flagged_.begin(), flagged_.end(), position);
  }

  SubmissionQuery query_;          // `after` moves on with what was read
  std::vector<Position> flagged_;  // of those found last, ascending
  bool at_end_ = false;
};

// GET /forms/{name}/submissions and /forms/{name}/submissions/{id}
Result<Response> get_submissions(ReadContext<Domain>& context, const Request& request);
Result<Response> get_submission(ReadContext<Domain>& context, const Request& request);

}  // namespace daybook::forms
