// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/mobility.hpp"

#include "server/turn/settings.hpp"

namespace turnpike::turn {

Mobility::Verdict Mobility::judge(const Request& request) const noexcept {
    const bool is_there =
        place_.next ? *place_.next == request.five_tuple : place_.at == request.five_tuple;
    if (request.ticket_number == ticket_number_) return is_there ? Verdict::refuse : Verdict::move;
    const bool repeats = is_there && moved_ && request.ticket_number + 1 == ticket_number_ &&
                         request.transaction == moved_->by &&
                         request.now - moved_->when < retransmission_window;
    return repeats ? Verdict::repeat : Verdict::refuse;
}

void Mobility::move(const Request& request) {
    ++ticket_number_;
    moved_ = Moved{request.transaction, request.now};
    place_.next.reset();
    // Where nothing is left to be served, or the client came back to it, nothing is to wait for.
    if (!place_.at) place_.at = request.five_tuple;
    if (place_.at != request.five_tuple) place_.next = request.five_tuple;
}

void Mobility::arrive() noexcept {
    if (!place_.next) return;
    place_.at = *place_.next;
    place_.next.reset();
}

void Mobility::lose(const protocol::FiveTuple& five_tuple) noexcept {
    if (place_.next == five_tuple) {
        place_.next.reset();
    } else if (place_.at == five_tuple) {
        place_.at.reset();
        arrive();
    }
}

}  // namespace turnpike::turn
