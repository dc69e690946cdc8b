// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/requirement.hpp"

#include <fmt/format.h>

#include <charconv>

namespace turnpike::bench {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::optional<double> number_of(const boost::json::value& value) {
    if (!value.is_number()) return std::nullopt;
    return value.to_number<double>();
}

}  // namespace

std::optional<double> find_number(const boost::json::object& object, std::string_view path) {
    if (const auto* value = object.if_contains(path)) return number_of(*value);
    for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
        const auto* inner = object.if_contains(path.substr(0, dot));
        if (inner == nullptr || !inner->is_object()) continue;
        if (const auto found = find_number(inner->get_object(), path.substr(dot + 1))) return found;
    }
    return std::nullopt;
}

std::optional<Requirement> Requirement::parse(std::string_view text) {
    const auto at = text.find_first_of("<>=!");
    if (at == std::string_view::npos) return std::nullopt;
    const bool has_equal = at + 1 < text.size() && text[at + 1] == '=';
    Requirement requirement;
    requirement.text_ = text;
    requirement.field_ = trimmed(text.substr(0, at));
    switch (text[at]) {
        case '<':
            requirement.comparison_ = has_equal ? Comparison::at_most : Comparison::less;
            break;
        case '>':
            requirement.comparison_ = has_equal ? Comparison::at_least : Comparison::more;
            break;
        default:
            if (!has_equal) return std::nullopt;
            requirement.comparison_ = text[at] == '=' ? Comparison::equal : Comparison::unequal;
    }
    std::string_view number = trimmed(text.substr(at + (has_equal ? 2 : 1)));
    requirement.is_share_ = number.ends_with('%');
    if (requirement.is_share_) number = trimmed(number.substr(0, number.size() - 1));
    const auto* end = number.data() + number.size();
    const auto [read, error] = std::from_chars(number.data(), end, requirement.wanted_);
    if (error != std::errc{} || read != end || requirement.field_.empty()) return std::nullopt;
    return requirement;
}

bool Requirement::holds(double found, double wanted) const noexcept {
    switch (comparison_) {
        case Comparison::less:
            return found < wanted;
        case Comparison::at_most:
            return found <= wanted;
        case Comparison::more:
            return found > wanted;
        case Comparison::at_least:
            return found >= wanted;
        case Comparison::equal:
            return found == wanted;
        case Comparison::unequal:
            return found != wanted;
    }
    return false;
}

std::string Requirement::complaint(const boost::json::object& result) const {
    const auto found = find_number(result, field_);
    if (!found) return fmt::format("{}: the result has no {}", text_, field_);
    if (!is_share_) {
        return holds(*found, wanted_) ? "" : fmt::format("{}: it is {:.6g}", text_, *found);
    }
    const auto sent = find_number(result, "sent");
    if (!sent || *sent == 0) return fmt::format("{}: nothing was sent", text_);
    const double percent = *found / *sent * 100;
    return holds(percent, wanted_) ? "" : fmt::format("{}: it is {:.4g} %", text_, percent);
}

}  // namespace turnpike::bench
