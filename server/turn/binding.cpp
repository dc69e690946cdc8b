// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/binding.hpp"

#include <algorithm>

#include "protocol/attributes.hpp"
#include "server/turn/answer.hpp"
#include "server/turn/unknown_attributes.hpp"

namespace turnpike::turn {
namespace {

using protocol::ErrorCode;
using protocol::Message;

template <typename T>
using Checked = protocol::Result<T, ErrorCode>;

// What of discovery a request to this endpoint can use. A stream's answer can only go back through
// it, so there is none there (RFC 5780 section 7.2).
const Discovery* discovery_at(const Request& request, const Settings& settings) noexcept {
    const bool has_part = request.five_tuple.transport == protocol::Transport::udp &&
                          settings.discovery &&
                          settings.discovery->takes_part(request.five_tuple.server);
    return has_part ? &*settings.discovery : nullptr;
}

ServedAttributes served_to(const Message& message, const Discovery* discovery) noexcept {
    ServedAttributes served;
    if (discovery != nullptr) {
        served = {.change_request = true,
                  .padding = discovery->padding,
                  .response_port = discovery->response_port};
    } else if (message.is_classic()) {
        // Clients of RFC 3489 send it always, with no flag where nothing is to change.
        const auto change = protocol::change_request(message);
        served.change_request = change && !change->address && !change->port;
    }
    return served;
}

Checked<BindingAnswer> plan(const Request& request, const Discovery* discovery) {
    const Message& message = request.message;
    const auto change = protocol::change_request(message);
    const auto port = protocol::response_port(message);
    const auto padding = protocol::padding(message);
    const bool no_port = port && *port == 0;
    if (change.is_malformed() || port.is_malformed() || no_port || (padding && port)) {
        return ErrorCode::bad_request;
    }
    BindingAnswer answer;
    if (discovery == nullptr) return answer;
    const protocol::Endpoint& server = request.five_tuple.server;
    if (change) answer.from = discovery->changed(server, *change);
    if (port) answer.to_port = *port;
    if (padding) answer.padding = std::min(padding->size(), padding_max);
    answer.origin = answer.from.value_or(server);
    answer.other = discovery->changed(server, {.address = true, .port = true});
    return answer;
}

}  // namespace

Outcome binding(const Request& request, const Settings& settings) {
    // An indication keeps a NAT open and asks for nothing (RFC 8489 section 6.3.2).
    if (request.message.message_class() != protocol::MessageClass::request) return Silence{};
    // RFC 8489 section 11: who speaks DTLS knows the cookie.
    if (request.message.is_classic() && request.five_tuple.transport == protocol::Transport::dtls) {
        return answer_unproven(request, ErrorCode::server_error);
    }
    const Discovery* discovery = discovery_at(request, settings);
    const ServedAttributes served = served_to(request.message, discovery);
    if (!understands(request.message, served)) return answer_unknown(request, served);
    const auto planned = plan(request, discovery);
    return planned ? answer_binding(request, *planned) : answer_unproven(request, planned.error());
}

}  // namespace turnpike::turn
