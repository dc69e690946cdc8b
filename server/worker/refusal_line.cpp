// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/refusal_line.hpp"

#include "protocol/attributes.hpp"

namespace turnpike::worker {

using protocol::Message;
using telemetry::Area;
using telemetry::Field;
using telemetry::Level;

void log_refusal(telemetry::Log& log, const turn::Reply& reply, const ClientMessage& message) {
    if (!log.writes(Area::auth, Level::debug)) return;
    const auto request = Message::decode(message.octets);
    const auto answer = Message::decode(reply.octets);
    if (!request || !answer) return;
    const auto error = protocol::error_code(*answer);
    const auto username = protocol::username(*request);
    const auto* const rule = protocol::find_rule(request->method());
    log.debug(Area::auth, "request refused",
              {{"method", rule == nullptr ? std::string_view{"unknown"} : rule->name},
               {"code", error ? error->code : 0U},
               {"reason", error ? error->reason : std::string_view{}},
               {"user", username ? *username : std::string_view{}},
               Field::address("client", message.five_tuple.client.to_string()),
               {"transport", to_string(message.five_tuple.transport)}});
}

}  // namespace turnpike::worker
