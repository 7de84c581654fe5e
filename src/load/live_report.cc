#include "load/live_report.h"

#include <daybook/json.h>

#include "load/report.h"

#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

namespace daybook::load {
namespace {

constexpr std::array<std::pair<const char*, double>, 4> quantiles{
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}};

template <class... Args>
std::string printed(const char* format, Args... args) {
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(), format, args...);
  return text.data();
}

std::string row(const std::string& name, const std::string& value) {
  return printed("  %-14s ", name.c_str()) + value + "\n";
}

std::string spread_text(const LatencyHistogram& h) {
  if (h.count() == 0) return "-";
  return "p50 " + duration_text(h.quantile_ns(0.5)) + ", p99 " +
         duration_text(h.quantile_ns(0.99)) + ", max " + duration_text(h.max_ns());
}

double per_second(std::uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::string rate_text(std::uint64_t count, double seconds) {
  return count_text(static_cast<std::uint64_t>(per_second(count, seconds)));
}

double server_cpu_seconds(const LiveReport& report) {
  if (!report.server) return 0;
  return report.server->measured_to.cpu_seconds - report.server->measured_from.cpu_seconds;
}

double own_cpu_us(const LiveReport& report) {
  const std::uint64_t messages = report.broadcasts.messages;
  return messages == 0 ? 0 : 1e6 * report.cpu_seconds / static_cast<double>(messages);
}

void write_times(json::Writer& w, std::string_view name, const LatencyHistogram& h) {
  w.key(name).begin_object();
  for (const auto& [quantile, q] : quantiles)
    w.key(quantile).real(static_cast<double>(h.quantile_ns(q)) / 1e6);
  w.key("max").real(static_cast<double>(h.max_ns()) / 1e6).end_object();
}

std::string broadcast_part(const LiveReport& report) {
  const BroadcastCounts& b = report.broadcasts;
  std::string out = row("broadcasts", count_text(b.broadcasts) +
                                          printed(" in %.2f s, %s of them to all", report.seconds,
                                                  count_text(b.complete).c_str()));
  out +=
      row("messages", count_text(b.messages) + ", " + rate_text(b.messages, report.seconds) + "/s");
  out += row("missed", count_text(b.missed) + ", " + count_text(b.duplicates) + " twice, " +
                           count_text(b.out_of_order) + " out of order");
  out += row("spread", spread_text(b.spread));
  return out + row("interval", spread_text(b.interval));
}

std::string action_part(const LivePlan& plan, const LiveReport& report) {
  const LiveCounts& c = report.counts;
  std::string out;
  if (plan.answerers > 0 || plan.drive_ns > 0) {
    out +=
        row("answers", count_text(c.accepted) + " accepted, " +
                           rate_text(c.accepted, report.seconds) + "/s, " + count_text(c.refused) +
                           " refused, " + count_text(c.unanswered) + " unanswered");
    out += row("  latency", spread_text(c.answer_latency));
  }
  if (c.out_of_questions) out += row("", "all questions were answered before the end");
  if (plan.churn_rate > 0) {
    out += row("joins+leaves", count_text(c.churned) + " of each, " +
                                   rate_text(c.churned, report.seconds) + "/s, " +
                                   count_text(c.churns_skipped) + " not back in time");
    out += row("  latency", spread_text(c.churn_latency));
  }
  return out;
}

std::string server_part(const LivePlan& plan, const LiveReport& report) {
  if (!report.server) return "";
  return row("server CPU",
             printed("%.2f s, ", server_cpu_seconds(report)) +
                 count_text(static_cast<std::uint64_t>(messages_per_cpu_second(report))) +
                 " messages a CPU second") +
         row("server memory",
             count_text(static_cast<std::uint64_t>(bytes_per_socket(plan, report))) +
                 " bytes a socket, resident");
}

void write_server(json::Writer& w, const LivePlan& plan, const LiveReport& report) {
  const LiveServer& s = *report.server;
  w.key("server").begin_object();
  w.key("cpu_seconds").real(server_cpu_seconds(report));
  w.key("messages_per_cpu_second").real(messages_per_cpu_second(report));
  w.key("join_cpu_seconds").real(s.joined.cpu_seconds - s.before.cpu_seconds);
  w.member("resident_before", s.before.resident_bytes);
  w.member("resident_joined", s.joined.resident_bytes);
  w.member("resident_end", s.measured_to.resident_bytes);
  w.key("bytes_per_socket").real(bytes_per_socket(plan, report));
  w.end_object();
}

void write_counts(json::Writer& w, const LiveReport& report) {
  const LiveCounts& c = report.counts;
  const BroadcastCounts& b = report.broadcasts;
  w.member("broadcasts", b.broadcasts).member("complete", b.complete);
  w.member("messages", b.messages).member("message_bytes", b.bytes);
  w.key("messages_per_second").real(per_second(b.messages, report.seconds));
  w.member("missed", b.missed).member("duplicates", b.duplicates);
  w.member("out_of_order", b.out_of_order);
  w.member("accepted", c.accepted).member("refused", c.refused).member("driven", c.driven);
  w.member("accepted_total", c.accepted_total).member("unanswered", c.unanswered);
  w.key("accepted_per_second").real(per_second(c.accepted, report.seconds));
  w.member("out_of_questions", c.out_of_questions);
  w.member("churned", c.churned).member("churns_skipped", c.churns_skipped);
  w.key("churned_per_second").real(per_second(c.churned, report.seconds));
  w.member("lost", c.lost).member("other_events", c.other_events);
  w.member("first_loss", c.first_loss).member("first_refusal", c.first_refusal);
}

}  // namespace

double messages_per_cpu_second(const LiveReport& report) {
  return per_second(report.broadcasts.messages, server_cpu_seconds(report));
}

double bytes_per_socket(const LivePlan& plan, const LiveReport& report) {
  if (!report.server) return 0;
  const double grown = static_cast<double>(report.server->joined.resident_bytes) -
                       static_cast<double>(report.server->before.resident_bytes);
  return grown / static_cast<double>(plan.sockets);
}

std::string live_report_text(const LivePlan& plan, const LiveReport& report) {
  const LiveCounts& c = report.counts;
  std::string out = "http://" + plan.target.authority + "/socket.io/, " + count_text(plan.sockets) +
                    " sockets in " + plan.quiz.id + "\n";
  if (report.interrupted) out += row("", "interrupted");
  out += row("joined", count_text(report.joined) + printed(" in %.2f s, ", report.join_seconds) +
                           rate_text(plan.sockets, report.join_seconds) + "/s");
  out += row("  each", spread_text(c.join_latency));
  out += broadcast_part(report) + action_part(plan, report) + server_part(plan, report);
  out += row("client CPU", printed("%.2f us a message", own_cpu_us(report)));
  out += row("lost",
             count_text(c.lost) + (c.first_loss.empty() ? "" : ", the first: " + c.first_loss));
  if (!c.first_refusal.empty()) out += row("first refusal", c.first_refusal);
  return out;
}

std::string live_report_json(const LivePlan& plan, const LiveReport& report) {
  std::string out;
  json::Writer w(out);
  w.begin_object().member("url", "http://" + plan.target.authority).member("quiz", plan.quiz.id);
  w.member("sockets", std::uint64_t{plan.sockets})
      .member("answerers", std::uint64_t{plan.answerers});
  w.member("interrupted", report.interrupted).member("joined", std::uint64_t{report.joined});
  w.key("join_seconds").real(report.join_seconds);
  w.key("joins_per_second").real(per_second(plan.sockets, report.join_seconds));
  w.key("seconds").real(report.seconds);
  write_counts(w, report);
  write_times(w, "join_ms", report.counts.join_latency);
  write_times(w, "spread_ms", report.broadcasts.spread);
  write_times(w, "interval_ms", report.broadcasts.interval);
  write_times(w, "answer_ms", report.counts.answer_latency);
  write_times(w, "churn_ms", report.counts.churn_latency);
  if (report.server) write_server(w, plan, report);
  w.key("client_cpu_us_per_message").real(own_cpu_us(report)).end_object();
  return out + "\n";
}

}  // namespace daybook::load
