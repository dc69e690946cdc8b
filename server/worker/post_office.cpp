// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/post_office.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <fcntl.h>

#include <cstdint>
#include <stdexcept>
#include <utility>

namespace turnpike::worker {

PostOffice::Box::Box()
    : bell{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)},
      mail{capacity, [this] { ring(); }},
      connections{connections_capacity, [this] { ring(); }},
      visitors{capacity, [this] { ring(); }},
      dismissals{capacity, [this] { ring(); }},
      notices{notices_capacity, [this] { ring(); }},
      orders{orders_capacity, [this] { ring(); }} {
    if (!bell) throw std::runtime_error{"no descriptor left for a worker's mailbox"};
}

void PostOffice::Box::ring() const noexcept {
    (void)::eventfd_write(bell.get(), 1);  // fails only where the bell rings already
}

PostOffice::PostOffice(std::size_t workers) {
    for (std::size_t index = 0; index < workers; ++index) {
        boxes_.push_back(std::make_unique<Box>());
    }
}

bool PostOffice::post(WorkerIndex to, const relay::PeerBound& datagram) const {
    return boxes_[to]->mail.push({.source = datagram.source,
                                  .peer = datagram.peer,
                                  .payload = {datagram.payload.begin(), datagram.payload.end()},
                                  .traffic_class = datagram.traffic_class});
}

bool PostOffice::hand_over(WorkerIndex to, HandedConnection connection) const {
    return boxes_[to]->connections.push(std::move(connection));
}

bool PostOffice::pass_on(WorkerIndex to, VisitorMail mail) const {
    return boxes_[to]->visitors.push(std::move(mail));
}

bool PostOffice::dismiss(WorkerIndex to, const Dismissal& dismissal) const {
    return boxes_[to]->dismissals.push(dismissal);
}

void PostOffice::tell(WorkerIndex to, accounts::Notice notice) const {
    if (boxes_[to]->notices.push(std::make_unique<accounts::Notice>(std::move(notice)))) return;
    boxes_[to]->missed_notices.store(true);
}

void PostOffice::tell_all(const accounts::Notice& notice) const {
    for (std::size_t to = 0; to < boxes_.size(); ++to) tell(static_cast<WorkerIndex>(to), notice);
}

bool PostOffice::order(WorkerIndex to, Order order) const {
    return boxes_[to]->orders.push(std::move(order));
}

std::array<std::uint64_t, 5> PostOffice::dropped() const {
    std::array<std::uint64_t, 5> total{};
    for (const auto& box : boxes_) {
        total[0] += box->mail.dropped();
        total[1] += box->connections.dropped();
        total[2] += box->visitors.dropped();
        total[3] += box->dismissals.dropped();
        total[4] += box->notices.dropped();
    }
    return total;
}

net::FileDescriptor PostOffice::bell(WorkerIndex own) const {
    return net::FileDescriptor{::fcntl(boxes_[own]->bell.get(), F_DUPFD_CLOEXEC, 0)};
}

void PostOffice::silence(WorkerIndex own) const noexcept {
    eventfd_t ignored = 0;
    (void)::eventfd_read(boxes_[own]->bell.get(), &ignored);
}

}  // namespace turnpike::worker
