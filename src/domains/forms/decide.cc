// State + command -> events, or a rejection. Guards in the documented order
// (docs/domains/forms.md), the happy path last.
#include "domains/forms/domain.h"

#include <algorithm>
#include <string>

namespace daybook::forms {
namespace {

bool is_origin_allowed(const Options& options, std::string_view origin) {
  const auto& allowed = options.allowed_origins;
  return origin.empty() || allowed.empty() ||
         std::find(allowed.begin(), allowed.end(), origin) != allowed.end();
}

// Visible ASCII only (it becomes a header); "//host" and "/\host" are other sites, not paths.
bool is_safe_target(std::string_view target) {
  if (target.starts_with("//") || target.find('\\') != std::string_view::npos) return false;
  return std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

// Whether a prefix ends behind its host: "https://*" would be any site.
bool has_host(std::string_view prefix) {
  const std::size_t scheme = prefix.find("://");
  if (scheme == std::string_view::npos) return true;
  const std::size_t host = scheme + 3;
  return prefix.find('/', host) != std::string_view::npos && prefix[host] != '/';
}

// Browsers resolve "." and ".." of a path, and take "%2e" for a dot.
bool has_dot_segment(std::string_view target) {
  std::string_view path = target.substr(0, target.find_first_of("?#"));
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    std::string_view segment = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    std::size_t dots = 0;
    for (; !segment.empty(); ++dots) {
      const bool is_escaped = segment.starts_with("%2e") || segment.starts_with("%2E");
      if (!is_escaped && segment.front() != '.') break;
      segment.remove_prefix(is_escaped ? 3 : 1);
    }
    if (segment.empty() && (dots == 1 || dots == 2)) return true;
  }
  return false;
}

bool is_redirect_allowed(const Options& options, std::string_view target) {
  if (target.empty()) return true;
  if (!is_safe_target(target)) return false;
  return std::any_of(options.redirects.begin(), options.redirects.end(), [&](std::string_view r) {
    if (!r.ends_with("/*")) return target == r;
    r.remove_suffix(1);
    return has_host(r) && target.starts_with(r) && !has_dot_segment(target);
  });
}

bool is_filled(const Node& node) {
  switch (node.kind) {
    case json::Kind::null:
      return false;
    case json::Kind::boolean:
      return node.boolean;
    case json::Kind::string:
      return !node.text.empty();
    case json::Kind::array:
      return std::any_of(node.elements.begin(), node.elements.end(), is_filled);
    default:
      return true;
  }
}

Spam judge(const Options& options, const Command& command, UnixUs now) {
  if (!options.honeypot.empty()) {
    const Node* trap = find_member(*command.body, options.honeypot);
    if (trap != nullptr && is_filled(*trap)) return Spam::honeypot;
  }
  if (options.min_fill_ms == 0) return Spam::none;
  const bool is_told = command.started.value > 0;
  const std::int64_t took_ms = to_ms(now).value - command.started.value;
  return is_told && took_ms >= options.min_fill_ms ? Spam::none : Spam::too_fast;
}

Result<Events<Event>> decide_definition(const State& state, const Policy& policy,
                                        const Command& command, const Context& context) {
  const Form* form = state.form(command.form);
  if (form == nullptr && state.form_count() >= policy.forms_max)
    return Error{Errc::unavailable, "too many forms"};
  const bool is_same = form != nullptr && form->definition_json == command.definition;
  if (is_same && form->definition != nullptr) return Events<Event>{};
  if (form != nullptr && form->version >= policy.versions_max)
    return Error{Errc::unavailable, "too many versions of this form"};

  Event event;
  event.kind = Kind::form_defined;
  event.form = command.form;
  event.version = form == nullptr ? 1 : form->version + 1;
  event.at = context.now;
  event.definition = command.definition;
  return Events<Event>{event};
}

// The state knows no submissions, so that the position is one of the form is for the view to see:
// a verdict on what is none changes nothing there.
Result<Events<Event>> decide_verdict(const State& state, const Command& command,
                                     const Context& context) {
  if (state.form(command.form) == nullptr) return Error{Errc::not_found, "form not found"};
  Event event;
  event.kind = command.kind == CommandKind::flag ? Kind::flagged : Kind::cleared;
  event.form = command.form;
  event.at = context.now;
  event.submission = command.submission;
  event.position = command.position;
  event.by = command.by;
  event.findings = {command.findings.data(), command.findings.size()};
  return Events<Event>{event};
}

}  // namespace

Result<Events<Event>> Domain::decide(const State& state, const Policy& policy,
                                     const Command& command, const Context& context) {
  if (command.kind == CommandKind::define)
    return decide_definition(state, policy, command, context);
  if (command.kind == CommandKind::flag || command.kind == CommandKind::clear)
    return decide_verdict(state, command, context);

  const Form* form = state.form(command.form);
  if (form == nullptr) return Error{Errc::not_found, "form not found"};
  if (form->definition == nullptr || form->definition->options().closed)
    return Error{Errc::conflict, "the form is closed"};
  const Options& options = form->definition->options();
  if (!is_origin_allowed(options, command.origin))
    return Error{Errc::forbidden, "the form takes no submissions from this origin"};
  if (!is_redirect_allowed(options, command.redirect))
    return Error::field("_redirect", "not_allowed", "is not a page of this form");
  const Spam spam = judge(options, command, context.now);
  const RateBucket& bucket = spam == Spam::none ? form->real_rate : form->spam_rate;
  const Rate rate{options.rate_per_minute, options.rate_burst};
  if (const std::uint32_t wait_s = bucket.wait_s(rate, context.now); wait_s > 0) {
    Error error{Errc::rate_limited, "too many submissions of this form"};
    error.retry_after_s = wait_s;
    return error;
  }
  DAYBOOK_TRY(const std::string_view body,
              form->definition->check(*command.body, command.from_form, *context.arena));

  Event event;
  event.kind = Kind::submitted;
  event.form = command.form;
  event.version = form->version;
  event.at = context.now;
  event.body = body;
  event.day = form->zone->day_of(to_ms(context.now));
  event.spam = spam;
  return Events<Event>{event};
}

}  // namespace daybook::forms
