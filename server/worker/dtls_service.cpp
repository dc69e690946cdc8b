// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/dtls_service.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace turnpike::worker {

using protocol::ClientHello;
using protocol::HelloError;
using protocol::TimePoint;
using telemetry::Counter;

void DtlsService::receive(const ClientMessage& datagram) {
    const auto known = clients_.find(datagram.five_tuple);
    DtlsClient* const client = known == clients_.end() ? nullptr : known->second.get();
    if (client == nullptr && parts_.visitors.pass_on(datagram)) return;
    if (const auto hello = ClientHello::decode(datagram.octets)) {
        greet(datagram, *hello, client);
    } else if (client != nullptr) {
        read(*client, datagram);
    } else {
        context_.count(hello.error() == HelloError::fragmented ? Counter::drop_fragmented_hello
                                                               : Counter::drop_no_session);
    }
}

// A client that lost its state begins anew from the same port: what it had stays until it returns
// the new cookie, because anybody could have sent the hello (RFC 6347 section 4.2.8).
void DtlsService::greet(const ClientMessage& datagram, const ClientHello& hello,
                        DtlsClient* known) {
    if (known != nullptr && known->began_with(hello.cookie)) return read(*known, datagram);
    // The client's second message: OpenSSL goes on from there.
    const bool may_return = hello.message_sequence == 1;
    const auto& cookies = context_.shared.cookies;
    if (!may_return || !cookies.valid(datagram.five_tuple, hello, datagram.now.steady)) {
        return ask_for_cookie(datagram, hello);
    }
    if (known != nullptr) {
        known->finish(Counter::dtls_replaced);
        end(*known, datagram.now.steady);
    }
    admit(datagram, hello);
}

void DtlsService::ask_for_cookie(const ClientMessage& datagram, const ClientHello& hello) {
    if (!parts_.stun.may_answer_stranger(datagram)) return;
    const auto cookie =
        context_.shared.cookies.make(datagram.five_tuple, hello, datagram.now.steady);
    if (!cookie) return;
    std::array<std::byte, protocol::hello_verify_request_octets + net::dtls_cookie_octets> buffer;
    const auto& [socket, client, source, stream] = datagram.link;
    context_.outbox.send_copy(
        {socket, client, source, protocol::write_hello_verify_request(buffer, hello, *cookie)});
    context_.count(Counter::dtls_hello_verify_requests);
}

void DtlsService::admit(const ClientMessage& datagram, const ClientHello& hello) {
    const protocol::IpAddress& address = datagram.five_tuple.client.address;
    auto handshake = context_.shared.handshakes.take(address);
    auto association = context_.shared.associations.take(address);
    if (!handshake || !association) return context_.count(Counter::dtls_refused);
    DtlsClient::Setup setup{.five_tuple = datagram.five_tuple,
                            .path = datagram.link,
                            .number = ++last_number_,
                            .hello = {},
                            .limits = context_.rules->settings.dtls,
                            .is_guest = datagram.passed_on,
                            .now = datagram.now.steady};
    std::ranges::copy(hello.cookie, setup.hello.begin());
    auto client = make(setup);
    context_.count(Counter::dtls_accepted);
    if (!client->begin(context_.shared.tls.get()->dtls(), datagram.octets)) {
        return context_.count(Counter::dtls_failed);
    }
    client->handshake = std::move(handshake);
    client->association = std::move(association);
    take_in(std::move(client), datagram.now.steady);
}

void DtlsService::adopt(HandedAssociation association, const ClientMessage& first) {
    const TimePoint now = first.now.steady;
    if (const auto old = clients_.find(first.five_tuple); old != clients_.end()) {
        old->second->finish(Counter::dtls_replaced);
        end(*old->second, now);
    }
    auto client = make({.five_tuple = first.five_tuple,
                        .path = first.link,
                        .number = ++last_number_,
                        .hello = {},
                        .limits = context_.rules->settings.dtls,
                        .is_guest = true,
                        .now = now});
    client->adopt(std::move(association));
    context_.count(Counter::dtls_handed_over);
    DtlsClient& place = take_in(std::move(client), now);
    handle(place, *first.packet, first);
    context_.outbox.flush();  // before its payload is read over
    take_messages(place, first);
}

std::unique_ptr<DtlsClient> DtlsService::make(const DtlsClient::Setup& setup) {
    return std::make_unique<DtlsClient>(setup, context_.outbox,
                                        [this](DtlsClient& over) { over_.push_back(&over); });
}

DtlsClient& DtlsService::take_in(std::unique_ptr<DtlsClient> client, TimePoint now) {
    DtlsClient& place = *client;
    set_deadline(place, now);
    by_number_.emplace(place.number(), &place);
    clients_.emplace(place.five_tuple(), std::move(client));
    return place;
}

void DtlsService::read(DtlsClient& client, const ClientMessage& datagram) {
    if (client.receive(datagram.octets)) shook_hands(client);
    take_messages(client, datagram);
}

// Each is written where the datagram stood.
void DtlsService::take_messages(DtlsClient& client, const ClientMessage& datagram) {
    protocol::Packet room = *datagram.packet;
    room.append(room.tailroom() - protocol::packet_tailroom);
    while (const auto octets = client.next(room.payload())) {
        protocol::Packet packet = room;
        packet.narrow(room.payload().first(*octets));
        handle(client, packet, datagram);
        if (client.state() == DtlsClient::State::leaving) {
            return hand_over(client, {.five_tuple = client.five_tuple(),
                                      .link = datagram.link,
                                      .octets = packet.payload(),
                                      .packet = nullptr,
                                      .now = datagram.now,
                                      .traffic_class = datagram.traffic_class});
        }
        if (!client.has_more()) break;
        context_.outbox.flush();  // before its payload is read over
    }
    // Later its deadline finds out by itself that it has moved.
    if (client.state() == DtlsClient::State::handshaking) {
        set_deadline(client, datagram.now.steady);
    }
}

void DtlsService::shook_hands(DtlsClient& client) {
    context_.count(Counter::dtls_handshakes);
    client.handshake = {};
}

void DtlsService::handle(DtlsClient& client, protocol::Packet packet,
                         const ClientMessage& datagram) {
    client.heard(datagram.now.steady);
    const ClientMessage message{.five_tuple = client.five_tuple(),
                                .link = client.link(),
                                .octets = packet.payload(),
                                .packet = &packet,
                                .now = datagram.now,
                                .traffic_class = datagram.traffic_class};
    switch (protocol::classify(message.octets, context_.rules->settings.turn.channels)) {
        case protocol::Kind::stun:
            return parts_.stun.serve(message);
        case protocol::Kind::channel_data:
            return parts_.relay.from_channel(message);
        case protocol::Kind::dtls:
        case protocol::Kind::junk:
            return context_.count(Counter::drop_not_turn);
    }
}

void DtlsService::set_deadline(DtlsClient& client, TimePoint now) {
    parts_.wheel.set({TimerKind::association, client.number()}, client.next_deadline(now));
}

void DtlsService::on_time(std::uint64_t number, TimePoint now) {
    const auto entry = by_number_.find(number);
    if (entry == by_number_.end()) return;
    DtlsClient& client = *entry->second;
    client.on_time(now, context_.routes.knows(client.five_tuple()));
    if (client.state() != DtlsClient::State::over) set_deadline(client, now);
}

void DtlsService::hand_over(DtlsClient& client, const ClientMessage& message) {
    if (!parts_.visitors.hand_over(client.owner(), message, client.release())) {
        context_.count(Counter::dtls_cut_handover);
    }
    forget(client);
}

void DtlsService::end_turn(TimePoint now) {
    while (!over_.empty()) end(*over_.back(), now);
}

void DtlsService::close_all(TimePoint now) {
    while (!clients_.empty()) end(*clients_.begin()->second, now);
}

void DtlsService::end(DtlsClient& client, TimePoint now) {
    effects_.clear();
    parts_.dispatcher.disconnected(client.five_tuple(), effects_);
    parts_.executor.execute(effects_, now);
    client.close();
    context_.count(client.reason());
    forget(client);
}

void DtlsService::forget(DtlsClient& client) {
    std::erase(over_, &client);
    parts_.wheel.cancel({TimerKind::association, client.number()});
    by_number_.erase(client.number());
    parts_.stun.forget(client.five_tuple());
    clients_.erase(protocol::FiveTuple{client.five_tuple()});
}

bool DtlsService::uses(int socket) const {
    return std::ranges::any_of(clients_,
                               [&](const auto& entry) { return entry.second->socket() == socket; });
}

}  // namespace turnpike::worker
