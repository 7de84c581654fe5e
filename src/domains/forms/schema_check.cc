#include "domains/forms/numbers.h"
#include "domains/forms/schema.h"

#include <boost/container/small_vector.hpp>

#include <algorithm>

namespace daybook::forms {
namespace {

// Where in a body, written out only when something is wrong there.
struct Place {
  const Place* parent = nullptr;
  std::string_view name;
  std::size_t index = 0;
  bool is_index = false;
};

// The first bytes of a text, no code point cut in two.
std::string_view head_of(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

std::string text_of(const Place* place) {
  if (place == nullptr) return {};
  std::string text = text_of(place->parent);
  if (place->is_index) return text + "[" + std::to_string(place->index) + "]";
  if (!text.empty()) text += '.';
  return text.append(head_of(place->name, field_bytes_max));
}

std::string_view top_of(const Place* place) {
  if (place == nullptr) return {};
  while (place->parent != nullptr) place = place->parent;
  return place->name;
}

std::size_t count_code_points(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool has_twins(std::span<const Node> elements, Work& work) {
  constexpr std::uint64_t element_steps = 12;
  work.add(elements.size() * element_steps);
  if (elements.size() < 2 || work.is_spent()) return false;
  std::vector<std::string> texts(elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    append_canonical(texts[i], elements[i]);
    work.add(texts[i].size() / 2);
  }
  std::ranges::sort(texts);
  return std::ranges::adjacent_find(texts) != texts.end();
}

bool is_choice(const Choices& choices, const Node& value, Work& work) {
  constexpr std::uint64_t search_steps = 6;
  std::string text;
  append_canonical(text, value, choices.bytes_max);
  work.add(search_steps + text.size() / 4);
  return std::ranges::binary_search(choices.texts, text);
}

// With a list of failures it goes on after one; without, it stops at the first. Once the work is
// spent everything fails at once: the caller asks for that.
class Checker {
 public:
  Checker(const Schema& schema, Work& work, std::vector<Failure>* failures)
      : schema_(schema), work_(work), failures_(failures) {}

  bool check(std::uint32_t at, const Node& value, const Place* place) {
    const auto& node = schema_.nodes[at];
    work_.add(1);
    bool fine = true;
    for (std::uint32_t i = node.first; i < node.first + node.count; ++i) {
      const Rule& rule = schema_.rules[i];
      work_.add(2);
      if (work_.is_spent()) return false;
      if (holds(rule, value, place)) continue;
      fine = false;
      if (!is_nested(rule.keyword)) tell(rule, place);
      // after a wrong type the other rules say nothing new
      if (failures_ == nullptr || rule.keyword <= Keyword::type) return false;
    }
    return fine;
  }

 private:
  // These tell of their failures themselves, or their inner rules do.
  static bool is_nested(Keyword keyword) {
    return keyword == Keyword::items || keyword == Keyword::properties ||
           keyword == Keyword::dependent_required || keyword == Keyword::all_of ||
           keyword == Keyword::condition;
  }

  void tell(const Rule& rule, const Place* place) {
    if (failures_ == nullptr || failures_->size() >= errors_max) return;
    auto field = std::string(head_of(text_of(place), field_bytes_max));
    work_.add(20);
    if (std::ranges::find(*failures_, field, &Failure::field) != failures_->end()) return;
    failures_->push_back({std::move(field), top_of(place), rule.keyword, words_of(schema_, rule)});
  }

  bool silently(std::uint32_t at, const Node& value) {
    return Checker(schema_, work_, nullptr).check(at, value, nullptr);
  }

  bool holds(const Rule& rule, const Node& value, const Place* place) {
    switch (rule.keyword) {
      case Keyword::type:
        return (types_of(value) & schema_.types[rule.index]) != 0;
      case Keyword::enumeration:
      case Keyword::constant:
        return is_choice(schema_.choices[rule.index], value, work_);
      case Keyword::minimum:
      case Keyword::maximum:
      case Keyword::exclusive_minimum:
      case Keyword::exclusive_maximum:
      case Keyword::multiple_of:
        return !value.is_number() || number_holds(rule, value);
      case Keyword::min_length:
      case Keyword::max_length:
      case Keyword::format:
      case Keyword::pattern:
        return !value.is_text() || text_holds(rule, value.text);
      case Keyword::min_items:
        return !value.is_array() || value.elements.size() >= rule.limit;
      case Keyword::max_items:
        return !value.is_array() || value.elements.size() <= rule.limit;
      case Keyword::unique_items:
        return !value.is_array() || !has_twins(value.elements, work_);
      case Keyword::items:
        return !value.is_array() || items_hold(rule, value, place);
      case Keyword::properties:
        return !value.is_object() || object_holds(schema_.objects[rule.index], value, place);
      case Keyword::dependent_required:
        return !value.is_object() || dependents_hold(rule, value, place);
      default:
        return branches_hold(rule, value, place);
    }
  }

  bool number_holds(const Rule& rule, const Node& value) {
    const Node& number = schema_.numbers[rule.index];
    work_.add(rule.keyword == Keyword::multiple_of ? 20 : 0);
    if (rule.keyword == Keyword::multiple_of) return is_multiple(value, number);
    const auto order = compare_numbers(value, number);
    if (rule.keyword == Keyword::minimum) return order >= 0;
    if (rule.keyword == Keyword::maximum) return order <= 0;
    return rule.keyword == Keyword::exclusive_minimum ? order > 0 : order < 0;
  }

  bool text_holds(const Rule& rule, std::string_view text) {
    if (rule.keyword == Keyword::pattern) {
      work_.add(schema_.patterns[rule.index].steps(text.size()));
      return !work_.is_spent() && schema_.patterns[rule.index].matches(text);
    }
    work_.add(text.size() / (rule.keyword == Keyword::format ? 4 : 32));
    if (rule.keyword == Keyword::min_length) return count_code_points(text) >= rule.limit;
    if (rule.keyword == Keyword::max_length) return count_code_points(text) <= rule.limit;
    return has_format(static_cast<Format>(rule.index), text);
  }

  bool items_hold(const Rule& rule, const Node& value, const Place* place) {
    bool fine = true;
    for (std::size_t i = 0; i < value.elements.size() && (fine || failures_ != nullptr); ++i) {
      const Place here{place, {}, i, true};
      fine = check(rule.index, value.elements[i], &here) && fine;
    }
    return fine;
  }

  bool missing(Keyword keyword, std::string_view name, const Place* place) {
    const Place here{place, name};
    tell(Rule{keyword}, &here);
    return false;
  }

  bool object_holds(const ObjectRule& object, const Node& value, const Place* place) {
    const std::size_t count = object.properties.size();
    work_.add(count + value.members.size() * 2);
    boost::container::small_vector<const Node*, 32> found(count, nullptr);
    std::size_t hint = 0;
    for (const auto& member : value.members) {
      const auto at = object.find(member.name, hint);
      if (at == count) continue;
      found[at] = member.value;
      hint = at + 1;
    }
    bool fine = true;
    for (std::size_t i = 0; i < count && (fine || failures_ != nullptr); ++i) {
      const auto& property = object.properties[i];
      if (found[i] == nullptr) {
        if (property.required) fine = missing(Keyword::required, property.name, place);
      } else if (property.node != Schema::anything) {
        const Place here{place, property.name};
        fine = check(property.node, *found[i], &here) && fine;
      }
    }
    if (object.additional != Schema::anything && (fine || failures_ != nullptr))
      fine = additional_hold(object, value, place) && fine;
    return fine;
  }

  bool additional_hold(const ObjectRule& object, const Node& value, const Place* place) {
    const bool none = schema_.nodes[object.additional].types == 0 &&
                      schema_.find_rule(object.additional, Keyword::never) != nullptr;
    work_.add(value.members.size() * 4);
    bool fine = true;
    for (const auto& member : value.members) {
      if (object.find(member.name, 0) != object.properties.size()) continue;
      const Place here{place, member.name};
      if (none) {
        tell(Rule{Keyword::additional_properties}, &here);
        fine = false;
      } else {
        fine = check(object.additional, *member.value, &here) && fine;
      }
      if (!fine && failures_ == nullptr) break;
    }
    return fine;
  }

  bool dependents_hold(const Rule& rule, const Node& value, const Place* place) {
    bool fine = true;
    const std::uint64_t search_steps = 1 + value.members.size() / 8;
    for (const auto& dependent : schema_.dependents[rule.index]) {
      work_.add(search_steps * (1 + dependent.needs.size()));
      if (work_.is_spent()) return false;
      if (find_member(value, dependent.name) == nullptr) continue;
      for (const auto& name : dependent.needs)
        if (find_member(value, name) == nullptr)
          fine = missing(Keyword::dependent_required, name, place);
    }
    return fine;
  }

  bool branches_hold(const Rule& rule, const Node& value, const Place* place) {
    if (rule.keyword == Keyword::never) return false;
    if (rule.keyword == Keyword::negation) return !silently(rule.index, value);
    if (rule.keyword == Keyword::condition) {
      const auto& condition = schema_.conditions[rule.index];
      const bool yes = silently(condition.test, value);
      return check(yes ? condition.then_node : condition.else_node, value, place);
    }
    const auto& branches = schema_.branches[rule.index];
    const auto holds_here = [&](std::uint32_t branch) { return silently(branch, value); };
    if (rule.keyword == Keyword::any_of) return std::ranges::any_of(branches, holds_here);
    if (rule.keyword == Keyword::one_of) {
      std::size_t fitting = 0;
      for (const auto branch : branches)
        if (holds_here(branch) && ++fitting > 1) break;
      return fitting == 1;
    }
    bool fine = true;  // allOf
    for (const auto branch : branches) {
      fine = check(branch, value, place) && fine;
      if (!fine && failures_ == nullptr) break;
    }
    return fine;
  }

  const Schema& schema_;
  Work& work_;
  std::vector<Failure>* failures_;
};

}  // namespace

std::size_t ObjectRule::find(std::string_view name, std::size_t hint) const {
  if (hint < properties.size() && properties[hint].name == name) return hint;
  const auto name_at = [this](std::uint32_t i) { return std::string_view(properties[i].name); };
  const auto at = std::ranges::lower_bound(by_name, name, {}, name_at);
  return at != by_name.end() && properties[*at].name == name ? *at : properties.size();
}

bool passes(const Schema& schema, std::uint32_t at, const Node& value) {
  Work work;
  return Checker(schema, work, nullptr).check(at, value, nullptr) && !work.is_spent();
}

Result<std::vector<Failure>> find_failures(const Schema& schema, const Node& value) {
  Work work;
  std::vector<Failure> failures;
  Checker(schema, work, &failures).check(schema.root, value, nullptr);
  if (work.is_spent()) return Error{Errc::too_large, "the body is too much for this form to check"};
  return failures;
}

}  // namespace daybook::forms
