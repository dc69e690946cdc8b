// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/account_fields.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>
#include <vector>

#include "server/admin/fields.hpp"

namespace turnpike::admin {
namespace {

constexpr std::int64_t page_max = 1000;
// What a column of PostgreSQL's type integer holds.
constexpr Bounds small{.max = std::numeric_limits<std::int32_t>::max()};
constexpr Bounds change{.min = -small.max, .max = small.max};

// None: it stays. A none within: it is set free.
template <typename Read>
[[nodiscard]] auto amended(const Fields& fields, std::string_view name, Read read)
    -> std::optional<decltype(read())> {
    if (!fields.has(name)) return std::nullopt;
    return read();
}

[[nodiscard]] storage::Amended<std::int64_t> number(Fields& fields, std::string_view name,
                                                    Bounds bounds = {}) {
    return amended(fields, name, [&] { return fields.integer(name, bounds); });
}

[[nodiscard]] storage::Amended<storage::Time> time(Fields& fields, std::string_view name) {
    return amended(fields, name, [&] { return fields.time(name); });
}

template <typename T>
[[nodiscard]] Checked<T> checked(const Fields& fields, T value) {
    if (!fields.ok()) return fields.problem();
    return value;
}

}  // namespace

Checked<UserDraft> read_user(std::string_view body, const std::optional<std::string>& name) {
    std::vector<std::string_view> known{"password", "enabled",         "call",       "deadline",
                                        "bytes",    "bits_per_second", "allocations"};
    if (!name) known.insert(known.begin(), "name");
    Fields fields{body, known};
    UserDraft draft{.name = name ? *name : fields.required_text("name"),
                    .password = fields.required_text("password"),
                    .enabled = fields.boolean("enabled").value_or(true),
                    .call = fields.text("call"),
                    .deadline = fields.time("deadline"),
                    .limits = {.bytes = fields.integer("bytes"),
                               .bits_per_second = fields.integer("bits_per_second"),
                               .allocations = fields.integer("allocations", small)}};
    return checked(fields, std::move(draft));
}

Checked<storage::AccountAmendment> read_user_amendment(std::string_view body) {
    Fields fields{body, {"enabled", "call", "deadline", "bytes", "bits_per_second", "allocations"}};
    storage::AccountAmendment amendment{
        .enabled = fields.boolean("enabled"),
        .call = amended(fields, "call", [&] { return fields.text("call"); }),
        .deadline = time(fields, "deadline"),
        .bytes = number(fields, "bytes"),
        .bits_per_second = number(fields, "bits_per_second"),
        .allocations = number(fields, "allocations", small)};
    return checked(fields, std::move(amendment));
}

Checked<storage::Call> read_call(std::string_view body) {
    Fields fields{body,
                  {"id", "starts_at", "ends_at", "seconds", "participants", "bytes",
                   "bits_per_second", "leg_bits_per_second"}};
    storage::Call call{.id = fields.required_text("id"),
                       .starts_at = fields.time("starts_at"),
                       .ends_at = fields.time("ends_at"),
                       .seconds = fields.integer("seconds", small),
                       .participants = fields.integer("participants", small),
                       .bytes = fields.integer("bytes"),
                       .bits_per_second = fields.integer("bits_per_second"),
                       .leg_bits_per_second = fields.integer("leg_bits_per_second")};
    return checked(fields, std::move(call));
}

Checked<CallChanges> read_call_changes(std::string_view body) {
    const std::vector<std::string_view> others{"extend_seconds",  "starts_at",          "ends_at",
                                               "seconds",         "participants",       "bytes",
                                               "bits_per_second", "leg_bits_per_second"};
    std::vector<std::string_view> known = others;
    known.emplace_back("end");
    Fields fields{body, known};
    CallChanges changes{.amendment = {.starts_at = time(fields, "starts_at"),
                                      .ends_at = time(fields, "ends_at"),
                                      .seconds = number(fields, "seconds", small),
                                      .participants = number(fields, "participants", small),
                                      .bytes = number(fields, "bytes"),
                                      .bits_per_second = number(fields, "bits_per_second"),
                                      .leg_bits_per_second = number(fields, "leg_bits_per_second")},
                        .extend_seconds = fields.integer("extend_seconds", change).value_or(0),
                        .end = fields.boolean("end").value_or(false)};
    const auto is_there = [&fields](std::string_view name) { return fields.has(name); };
    if (changes.end && std::ranges::any_of(others, is_there)) {
        fields.refuse("a call that ends now is not changed",
                      "leave out \"end\" or all the other fields");
    }
    return checked(fields, changes);
}

Checked<storage::Page> page_of(const Target& target) {
    if (const auto unknown = target.parameter_besides({"limit", "after"})) {
        return bad_request("unknown parameter \"" + *unknown + '"', "known are limit and after");
    }
    storage::Page page{.after = target.parameter("after").value_or(""), .limit = 100};
    const std::string said = target.parameter("limit").value_or("100");
    const auto [end, failure] = std::from_chars(said.data(), said.data() + said.size(), page.limit);
    if (failure != std::errc{} || end != said.data() + said.size() || page.limit < 1 ||
        page.limit > page_max) {
        return bad_request("limit is no number that can stand here", "write 1 to 1000");
    }
    return page;
}

boost::json::value page_after(Target target, const std::string& name) {
    std::erase_if(target.parameters, [](const auto& each) { return each.first == "after"; });
    target.parameters.emplace_back("after", name);
    return boost::json::value(to_text(target));
}

}  // namespace turnpike::admin
