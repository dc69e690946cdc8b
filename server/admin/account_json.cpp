// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/account_json.hpp"

#include <boost/json/array.hpp>
#include <utility>

#include "server/admin/reply.hpp"

namespace turnpike::admin {

boost::json::object to_json(const storage::Account& account) {
    const storage::Credential& it = account.credential;
    return {{"name", account.username},
            {"enabled", it.enabled},
            {"call", text_json(it.call)},
            {"deadline", time_json(it.deadline)},
            {"bytes", number_json(it.limits.bytes)},
            {"bits_per_second", number_json(it.limits.bits_per_second)},
            {"allocations", number_json(it.limits.allocations)}};
}

boost::json::object to_json(const storage::Call& call) {
    return {{"id", call.id},
            {"starts_at", time_json(call.starts_at)},
            {"ends_at", time_json(call.ends_at)},
            {"seconds", number_json(call.seconds)},
            {"media_at", time_json(call.media_at)},
            {"ended_at", time_json(call.ended_at)},
            {"ends", time_json(storage::end_of(call))},
            {"participants", number_json(call.participants)},
            {"bytes", number_json(call.bytes)},
            {"bits_per_second", number_json(call.bits_per_second)},
            {"leg_bits_per_second", number_json(call.leg_bits_per_second)}};
}

boost::json::object to_json(const storage::CallUsage& usage) {
    return {{"username", usage.username},
            {"started_at", time_json(usage.started_at)},
            {"ended_at", time_json(usage.ended_at)},
            {"connected_seconds", usage.connected_seconds},
            {"media_seconds", usage.media_seconds},
            {"sent_bytes", usage.sent_bytes},
            {"received_bytes", usage.received_bytes},
            {"allocations", usage.allocations},
            {"open", usage.open},
            {"reason", text_json(usage.reason)}};
}

boost::json::object to_json(const storage::Call& call,
                            const std::vector<storage::CallUsage>& usage) {
    boost::json::array rows;
    for (const storage::CallUsage& each : usage) rows.emplace_back(to_json(each));
    boost::json::object body = to_json(call);
    body["usage"] = std::move(rows);
    return body;
}

}  // namespace turnpike::admin
