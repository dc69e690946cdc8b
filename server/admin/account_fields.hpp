// SPDX-License-Identifier: BSD-3-Clause
//
// Users and calls as requests write them, and the pages that they are listed in. Pure.
#pragma once

#include <algorithm>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/result.hpp"
#include "server/admin/exchange.hpp"
#include "server/admin/registrar.hpp"
#include "server/admin/target.hpp"
#include "storage/records.hpp"

namespace turnpike::admin {

template <typename T>
using Checked = protocol::Result<T, Problem>;

// {"name","password","enabled","call","deadline","bytes","bits_per_second","allocations"}; the name
// stands in the path or in the body.
[[nodiscard]] Checked<UserDraft> read_user(std::string_view body,
                                           const std::optional<std::string>& name);
// The same without name and password; what is left out stays, null sets free.
[[nodiscard]] Checked<storage::AccountAmendment> read_user_amendment(std::string_view body);

// {"id","starts_at","ends_at","seconds","participants","bytes","bits_per_second",
// "leg_bits_per_second"}, without a realm.
[[nodiscard]] Checked<storage::Call> read_call(std::string_view body);

struct CallChanges {
    storage::CallAmendment amendment{};
    std::int64_t extend_seconds = 0;  // fewer than none shorten it
    bool end = false;                 // now; then all else is as it was
};
// The same without id; besides "extend_seconds", and "end", which stands alone where it is true.
[[nodiscard]] Checked<CallChanges> read_call_changes(std::string_view body);

// ?limit=&after=
[[nodiscard]] Checked<storage::Page> page_of(const Target& target);

[[nodiscard]] boost::json::value page_after(Target target, const std::string& name);

// Takes off what was asked for beyond the page; where the next one is, or null.
template <typename T>
[[nodiscard]] boost::json::value cut_page(std::vector<T>& rows, const storage::Page& page,
                                          const Target& target, std::string T::* name) {
    if (std::cmp_less_equal(rows.size(), page.limit)) return nullptr;
    rows.resize(static_cast<std::size_t>(page.limit));
    return page_after(target, rows.back().*name);
}

}  // namespace turnpike::admin
