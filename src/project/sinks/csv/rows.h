// How events become the bytes of a file, and when a file's header no longer fits.
//
// Thread: the projector's.
#pragma once

#include <daybook/publish.h>
#include <daybook/sink.h>

#include <memory>
#include <string>
#include <vector>

namespace daybook::csv_sink {

constexpr std::size_t columns_max = 1000;        // of a header; what is beyond stands in `other`
constexpr std::size_t entities_kept_max = 1000;  // whose columns are remembered between events

class Rows {
 public:
  virtual ~Rows() = default;
  // The header a file must have for this event: `present` itself when that will do.
  virtual std::vector<std::string> header_for(const PublicEvent& event, bool has_file,
                                              const std::vector<std::string>& present,
                                              SinkContext& context) = 0;
  // Rows are under this header from now on.
  virtual void use_header(const std::vector<std::string>& columns) = 0;
  virtual void append_head(std::string& out) = 0;
  virtual void append_row(std::string& out, const PublicEvent& event) = 0;
};

// `chosen`: the only columns there are, of the event's own and its row's; empty: position, id,
// time, type, key, version, then those of the entity's definition, or of the first row, then
// `other`. `follows_one`: of a single entity, so a header is exactly its definition's; else it
// grows.
std::unique_ptr<Rows> make_csv_rows(std::vector<std::string> chosen, bool follows_one, bool bom);
std::unique_ptr<Rows> make_json_rows();

}  // namespace daybook::csv_sink
