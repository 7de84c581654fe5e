#include "load/report.h"

#include <daybook/json.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace daybook::load {
namespace {

constexpr std::size_t bar_columns = 40;
constexpr std::array<std::pair<const char*, double>, 4> quantiles{
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}};

template <class... Args>
std::string printed(const char* format, Args... args) {
  std::array<char, 512> text{};
  std::snprintf(text.data(), text.size(), format, args...);
  return text.data();
}

double per_second(std::uint64_t count, const LoadReport& report) {
  return report.seconds > 0 ? static_cast<double>(count) / report.seconds : 0;
}

// CPU of this client for one answer, in microseconds.
double cpu_us(double seconds, const LoadReport& report) {
  const std::uint64_t answers = report.tally.answers_total;
  return answers == 0 ? 0 : 1e6 * seconds / static_cast<double>(answers);
}

std::string row(const std::string& name, const std::string& value) {
  return printed("  %-12s ", name.c_str()) + value + "\n";
}

// "1,000 x 200, 61,234 x 409".
std::string codes_text(const std::array<std::uint64_t, status_end>& codes) {
  std::string out;
  for (std::size_t code = 0; code < codes.size(); ++code)
    if (codes[code] != 0)
      out += (out.empty() ? "" : ", ") + count_text(codes[code]) + " x " + std::to_string(code);
  return out;
}

std::string lines_text(const LineCounts& lines) {
  return count_text(lines.accepted) + " accepted, " + count_text(lines.conflicts) + " conflicts, " +
         count_text(lines.refused) + " refused";
}

std::string counts_part(const LoadReport& report) {
  const Tally& t = report.tally;
  std::string out = row("requests", count_text(t.answers) + printed(" in %.2f s", report.seconds));
  out += row("req/s", count_text(static_cast<std::uint64_t>(per_second(t.answers, report))));
  if (t.lines.all() > 0) {
    out += row("events/s",
               count_text(static_cast<std::uint64_t>(per_second(t.lines.accepted, report))));
    out += row("events", lines_text(t.lines));
    if (t.lines_total.all() != t.lines.all()) out += row("with warm-up", lines_text(t.lines_total));
  }
  for (std::size_t code = 0; code < t.codes.size(); ++code)
    if (t.codes[code] != 0) out += row("status " + std::to_string(code), count_text(t.codes[code]));
  if (t.answers_total != t.answers) out += row("with warm-up", codes_text(t.codes_total));
  std::string errors = count_text(t.failed());
  for (std::size_t i = 0; i < failure_kinds; ++i)
    if (t.failures[i] != 0)
      errors += ", " + std::string(failure_name(static_cast<Failure>(i))) + " " +
                count_text(t.failures[i]);
  out += row("errors", errors);
  if (t.reconnects != 0) out += row("reconnects", count_text(t.reconnects));
  if (t.unsent != 0)
    out += row("not sent", count_text(t.unsent) + " were due, but no connection was free");
  out +=
      row("client CPU", printed("%.2f us a request (%.2f user, %.2f system)",
                                cpu_us(report.cpu_user_seconds + report.cpu_system_seconds, report),
                                cpu_us(report.cpu_user_seconds, report),
                                cpu_us(report.cpu_system_seconds, report)));
  return out;
}

std::string latency_part(const LatencyHistogram& latency, bool from_due) {
  std::string out = from_due ? "  latency, from when a request was due\n" : "  latency\n";
  out += row("  mean", duration_text(static_cast<std::uint64_t>(latency.mean_ns())));
  for (const auto& [name, q] : quantiles)
    out += row(std::string("  ") + name, duration_text(latency.quantile_ns(q)));
  out += row("  max", duration_text(latency.max_ns()));
  const auto bars = latency.bars();
  std::uint64_t most = 1;
  for (const auto& bar : bars) most = std::max(most, bar.count);
  for (const auto& bar : bars) {
    const double share =
        100.0 * static_cast<double>(bar.count) / static_cast<double>(latency.count());
    const auto columns =
        static_cast<std::size_t>(static_cast<double>(bar_columns) * static_cast<double>(bar.count) /
                                 static_cast<double>(most));
    out += printed("  < %-8s %6.2f %% ", duration_text(bar.to_ns).c_str(), share);
    out += std::string(columns, '#') + "\n";
  }
  return out;
}

void write_codes(json::Writer& w, const std::array<std::uint64_t, status_end>& codes) {
  w.begin_object();
  for (std::size_t code = 0; code < codes.size(); ++code)
    if (codes[code] != 0) w.member(std::to_string(code), codes[code]);
  w.end_object();
}

}  // namespace

std::string duration_text(std::uint64_t ns) {
  const auto number = static_cast<double>(ns);
  if (ns < 1'000'000)
    return printed("%.*f us", ns % 1000 == 0 || ns >= 100'000 ? 0 : 1, number / 1e3);
  if (ns < 1'000'000'000) return printed("%.*f ms", ns % 1'000'000 == 0 ? 0 : 2, number / 1e6);
  return printed("%.*f s", ns % 1'000'000'000 == 0 ? 0 : 2, number / 1e9);
}

std::string count_text(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
  return out;
}

std::string report_text(const ReportTitle& title, const LoadPlan& plan, const LoadReport& report) {
  std::string out = "POST " + title.url + title.path + ", ";
  if (title.batch != 0) out += std::to_string(title.batch) + " lines a request, ";
  out += std::to_string(plan.connections) + " connections";
  if (report.connected < plan.connections)
    out += " (" + std::to_string(report.connected) + " made at the start)";
  if (plan.pipeline > 1) out += " x " + std::to_string(plan.pipeline) + " pipelined";
  out += plan.rate > 0 ? printed(", open loop at %.10g a second", plan.rate) : ", closed loop";
  out += report.interrupted ? ", interrupted\n" : "\n";
  out += counts_part(report);
  if (report.tally.latency.count() > 0) out += latency_part(report.tally.latency, plan.rate > 0);
  if (!report.tally.first_refusal.empty())
    out += "  first refusal: " + report.tally.first_refusal + "\n";
  return out;
}

std::string report_json(const ReportTitle& title, const LoadPlan& plan, const LoadReport& report) {
  const Tally& t = report.tally;
  std::string out;
  json::Writer w(out);
  w.begin_object().member("url", title.url + title.path);
  w.member("connections", std::uint64_t{plan.connections})
      .member("connected", std::uint64_t{report.connected});
  w.member("threads", std::uint64_t{plan.threads}).member("pipeline", std::uint64_t{plan.pipeline});
  w.member("batch", std::uint64_t{title.batch});
  w.key("rate").real(plan.rate);
  w.key("seconds").real(report.seconds);
  w.member("interrupted", report.interrupted);
  w.member("requests", t.answers);
  w.key("requests_per_second").real(per_second(t.answers, report));
  w.member("requests_total", t.answers_total).member("accepted_total", t.accepted_total);
  write_codes(w.key("codes"), t.codes);
  write_codes(w.key("codes_total"), t.codes_total);
  w.member("errors", t.failed()).key("error_kinds").begin_object();
  for (std::size_t i = 0; i < failure_kinds; ++i)
    if (t.failures[i] != 0) w.member(failure_name(static_cast<Failure>(i)), t.failures[i]);
  w.end_object();
  w.member("reconnects", t.reconnects).member("unsent", t.unsent);
  if (plan.lines) {
    w.key("events").begin_object();
    w.member("accepted", t.lines.accepted).member("conflicts", t.lines.conflicts);
    w.member("refused", t.lines.refused).member("accepted_total", t.lines_total.accepted);
    w.key("accepted_per_second").real(per_second(t.lines.accepted, report));
    w.end_object();
  }
  w.key("latency_us").begin_object();
  w.key("min").real(static_cast<double>(t.latency.min_ns()) / 1e3);
  w.key("mean").real(t.latency.mean_ns() / 1e3);
  for (const auto& [name, q] : quantiles)
    w.key(name).real(static_cast<double>(t.latency.quantile_ns(q)) / 1e3);
  w.key("max").real(static_cast<double>(t.latency.max_ns()) / 1e3);
  w.end_object();
  w.key("client_cpu_us_per_request").begin_object();
  w.key("user").real(cpu_us(report.cpu_user_seconds, report));
  w.key("system").real(cpu_us(report.cpu_system_seconds, report));
  w.end_object().end_object();
  return out + "\n";
}

ProgressLine::ProgressLine() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(const std::string& text) {
  std::fprintf(stderr, terminal_ ? "\r\033[K%s" : "%s\n", text.c_str());
  std::fflush(stderr);
  open_ = terminal_;
}

void ProgressLine::end() {
  if (open_) std::fputs("\n", stderr);
  open_ = false;
}

}  // namespace daybook::load
