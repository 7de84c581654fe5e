#include "metrics/metrics.h"

#include "base/mutex.h"
#include "metrics/cells.h"

#include <daybook/check.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>

namespace daybook::metrics {
namespace {

enum class Kind : std::uint8_t { counter, gauge, histogram };

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::counter:
      return "counter";
    case Kind::gauge:
      return "gauge";
    case Kind::histogram:
      return "histogram";
  }
  return "untyped";
}

// One label set of a family. Either cells or a function stand behind it.
struct Series {
  Labels labels;
  std::uint32_t first_cell = 0;
  std::function<double()> read;
};

struct Family {
  std::string name, help;
  Kind kind = Kind::counter;
  std::vector<std::uint64_t> bounds;  // histograms: the same for every series
  double scale = 1;
  std::vector<Series> series;
};

bool valid_name(std::string_view name, bool colons) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [colons](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (colons && c == ':');
  });
}

void append_escaped(std::string& out, std::string_view text, bool in_quotes) {
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && in_quotes)
      out += "\\\"";
    else
      out += c;
  }
}

void append_number(std::string& out, double number) {
  if (std::isnan(number)) {
    out += "NaN";
    return;
  }
  if (std::isinf(number)) {
    out += number > 0 ? "+Inf" : "-Inf";
    return;
  }
  char digits[32];
  constexpr double exact_max = 9007199254740992.0;  // 2^53: integers up to here are shown as such
  const bool whole = std::abs(number) < exact_max && number == std::floor(number);
  const auto end =
      whole ? std::to_chars(std::begin(digits), std::end(digits), static_cast<std::int64_t>(number))
            : std::to_chars(std::begin(digits), std::end(digits), number);
  out.append(std::begin(digits), end.ptr);
}

// 50 * 1e-6 is 4.9999999999999996e-05; ten digits give the bound as it was meant.
std::string bound_text(std::uint64_t bound, double scale) {
  char digits[32];
  const auto end =
      std::to_chars(std::begin(digits), std::end(digits), static_cast<double>(bound) * scale,
                    std::chars_format::general, 10);
  return {std::begin(digits), end.ptr};
}

void append_sample(std::string& out, std::string_view name, std::string_view suffix,
                   const Labels& labels, std::string_view le, double value) {
  out.append(name).append(suffix);
  if (!labels.empty() || !le.empty()) {
    char before = '{';
    for (const auto& [label, text] : labels) {
      out += before;
      out.append(label).append("=\"");
      append_escaped(out, text, true);
      out += '"';
      before = ',';
    }
    if (!le.empty()) {
      out += before;
      out.append("le=\"").append(le).append("\"");
    }
    out += '}';
  }
  out += ' ';
  append_number(out, value);
  out += '\n';
}

}  // namespace

struct Registry::Impl {
  std::shared_ptr<Cells> cells = std::make_shared<Cells>();
  Mutex scrape_mutex;  // one render at a time: functions may keep state between scrapes
  Mutex mutex;
  std::deque<Family> families GUARDED_BY(mutex);  // stable addresses: histograms point to bounds
  std::uint32_t cells_used GUARDED_BY(mutex) = 0;

  Family& family(std::string_view name, std::string_view help, Kind kind) REQUIRES_LOCK(mutex);
  // The series of these labels; new ones get `cells_wanted` cells.
  Series& series(Family& family, Labels labels, std::size_t cells_wanted) REQUIRES_LOCK(mutex);
  void function(std::string_view name, std::string_view help, Kind kind, Labels labels,
                std::function<double()> read) EXCLUDES_LOCK(mutex);
  void render_histogram(std::string& out, const Family& family, const Series& series) const;
};

Family& Registry::Impl::family(std::string_view name, std::string_view help, Kind kind) {
  for (auto& family : families) {
    if (family.name != name) continue;
    DAYBOOK_CHECK(family.kind == kind);  // one name, two kinds
    return family;
  }
  DAYBOOK_CHECK(valid_name(name, true));
  DAYBOOK_CHECK((kind == Kind::counter) == name.ends_with("_total"));
  Family& family = families.emplace_back();
  family.name = name;
  family.help = help;
  family.kind = kind;
  return family;
}

Series& Registry::Impl::series(Family& family, Labels labels, std::size_t cells_wanted) {
  for (auto& series : family.series)
    if (series.labels == labels) return series;
  for (const auto& label : labels)
    DAYBOOK_CHECK(valid_name(label.first, false) &&
                  (family.kind != Kind::histogram || label.first != "le"));
  DAYBOOK_CHECK(cells_used + cells_wanted <= cells_max);
  Series& series = family.series.emplace_back();
  series.labels = std::move(labels);
  series.first_cell = cells_used;
  cells_used += static_cast<std::uint32_t>(cells_wanted);
  return series;
}

void Registry::Impl::function(std::string_view name, std::string_view help, Kind kind,
                              Labels labels, std::function<double()> read) {
  DAYBOOK_CHECK(read != nullptr);
  LockGuard lock(mutex);
  series(family(name, help, kind), std::move(labels), 0).read = std::move(read);
}

// _count is the sum of the buckets read here, so that it always equals the +Inf bucket.
void Registry::Impl::render_histogram(std::string& out, const Family& family,
                                      const Series& series) const {
  std::uint64_t count = 0;
  auto cell = series.first_cell;
  for (const auto bound : family.bounds) {
    count += cells->sum(cell++);
    append_sample(out, family.name, "_bucket", series.labels, bound_text(bound, family.scale),
                  static_cast<double>(count));
  }
  count += cells->sum(cell++);
  append_sample(out, family.name, "_bucket", series.labels, "+Inf", static_cast<double>(count));
  append_sample(out, family.name, "_sum", series.labels, "",
                static_cast<double>(cells->sum(cell)) * family.scale);
  append_sample(out, family.name, "_count", series.labels, "", static_cast<double>(count));
}

Registry::Registry() : impl_(std::make_unique<Impl>()) {}
Registry::~Registry() = default;

Counter Registry::counter(std::string_view name, std::string_view help, Labels labels) {
  LockGuard lock(impl_->mutex);
  const auto& series =
      impl_->series(impl_->family(name, help, Kind::counter), std::move(labels), 1);
  DAYBOOK_CHECK(series.read == nullptr);  // already a counter_function
  Counter counter;
  counter.registry_ = this;
  counter.cell_ = series.first_cell;
  return counter;
}

Histogram Registry::histogram(std::string_view name, std::string_view help,
                              std::vector<std::uint64_t> bounds, double scale, Labels labels) {
  DAYBOOK_CHECK(!bounds.empty());
  DAYBOOK_CHECK(std::adjacent_find(bounds.begin(), bounds.end(), std::greater_equal<>()) ==
                bounds.end());
  LockGuard lock(impl_->mutex);
  Family& family = impl_->family(name, help, Kind::histogram);
  if (family.series.empty()) {
    family.bounds = std::move(bounds);
    family.scale = scale;
  } else {
    DAYBOOK_CHECK(family.bounds == bounds && family.scale == scale);
  }
  // Buckets, the one above all bounds, the sum.
  const auto& series = impl_->series(family, std::move(labels), family.bounds.size() + 2);
  Histogram histogram;
  histogram.registry_ = this;
  histogram.first_cell_ = series.first_cell;
  histogram.bounds_ = &family.bounds;
  return histogram;
}

void Registry::gauge(std::string_view name, std::string_view help, std::function<double()> read,
                     Labels labels) {
  impl_->function(name, help, Kind::gauge, std::move(labels), std::move(read));
}

void Registry::counter_function(std::string_view name, std::string_view help,
                                std::function<double()> read, Labels labels) {
  impl_->function(name, help, Kind::counter, std::move(labels), std::move(read));
}

std::string Registry::render() const {
  LockGuard scrape_lock(impl_->scrape_mutex);
  std::deque<Family> families;
  {
    // A copy: the functions called below may take locks of their own.
    LockGuard lock(impl_->mutex);
    families = impl_->families;
  }
  std::string out;
  for (const auto& family : families) {
    out.append("# HELP ").append(family.name).append(" ");
    append_escaped(out, family.help, false);
    out.append("\n# TYPE ").append(family.name).append(" ").append(kind_name(family.kind));
    out += '\n';
    for (const auto& series : family.series) {
      if (family.kind == Kind::histogram)
        impl_->render_histogram(out, family, series);
      else
        append_sample(out, family.name, "", series.labels, "",
                      series.read ? series.read()
                                  : static_cast<double>(impl_->cells->sum(series.first_cell)));
    }
  }
  return out;
}

void Counter::add(std::uint64_t n) const {
  if (registry_ != nullptr) registry_->impl_->cells->add(cell_, n);
}

void Histogram::observe(std::uint64_t value) const {
  if (registry_ == nullptr) return;
  // Upper bounds are inclusive: the first bound that is not below the value.
  const auto at = std::lower_bound(bounds_->begin(), bounds_->end(), value) - bounds_->begin();
  auto& cells = *registry_->impl_->cells;
  cells.add(first_cell_ + static_cast<std::uint32_t>(at), 1);
  cells.add(first_cell_ + static_cast<std::uint32_t>(bounds_->size()) + 1, value);
}

std::vector<std::uint64_t> latency_bounds_us() {
  return {50,     100,     250,     500,     1'000,     2'500,     5'000,     10'000,    25'000,
          50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};
}

std::vector<std::uint64_t> size_bounds() {
  std::vector<std::uint64_t> bounds;
  for (std::uint64_t bound = 1; bound <= 16384; bound *= 2) bounds.push_back(bound);
  return bounds;
}

}  // namespace daybook::metrics
