// SPDX-License-Identifier: BSD-3-Clause
#include "storage/records.hpp"

#include <algorithm>

namespace turnpike::storage {

std::optional<Time> end_of(const Call& call) {
    std::optional<Time> end = call.ends_at;
    const auto sooner = [&end](Time other) { end = end ? std::min(*end, other) : other; };
    if (call.ended_at) sooner(*call.ended_at);
    if (call.seconds && call.media_at) sooner(*call.media_at + std::chrono::seconds{*call.seconds});
    return end;
}

}  // namespace turnpike::storage
