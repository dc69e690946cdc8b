// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/handover_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <concepts>
#include <type_traits>
#include <utility>

#include "server/worker/record.hpp"

namespace turnpike::worker {

namespace {

// Raised when a field changes its meaning; one more or one less needs no other number.
constexpr std::uint64_t format = 1;

}  // namespace

// To be written, or to be read.
template <typename Value, typename Wanted>
concept Is = std::same_as<std::remove_const_t<Value>, Wanted>;

void describe(auto& record, Is<protocol::FiveTuple> auto& value) {
    record("client", value.client);
    record("server", value.server);
    record("transport", value.transport);
}

void describe(auto& record, Is<protocol::TransactionId> auto& value) {
    record("octets", value.octets);
}

void describe(auto& record, Is<auth::TokenSession> auto& value) {
    record("key_id", value.key_id);
    record("mac_key", value.mac_key);
    record("until", value.until);
}

void describe(auto& record, Is<auth::CallGrant> auto& value) {
    record("bytes", value.bytes);
    record("bits_per_second", value.bits_per_second);
    record("participants", value.participants);
    record("length_from_media", value.length_from_media);
    record("ends_at", value.ends_at);
}

void describe(auto& record, Is<auth::Elsewhere> auto& value) {
    record("allocations", value.allocations);
    record("participants", value.participants);
}

void describe(auto& record, Is<auth::Grant> auto& value) {
    record("realm", value.realm);
    record("username", value.username);
    record("user", value.user);
    record("secret", value.secret);
    record("token", value.token);
    record("call", value.call);
    record("call_grant", value.call_grant);
    record("deadline", value.deadline);
    record("deadline_by", value.deadline_by);
    record("session", value.session);
    record("bytes", value.bytes);
    record("bits_per_second", value.bits_per_second);
    record("user_bits_per_second", value.user_bits_per_second);
    record("allocations", value.allocations);
    record("elsewhere", value.elsewhere);
    record("refusal", value.refusal);
}

void describe(auto& record, Is<turn::InstallRoute> auto& value) {
    record("peer", value.route.peer);
    record("channel", value.route.channel);
    record("expires", value.expires);
}

void describe(auto& record, Is<turn::AllocationState> auto& value) {
    record("id", value.seed.id);
    record("grant", value.seed.grant);
    record("created_by", value.seed.created_by);
    record("relayed", value.seed.relayed);
    record("family_error", value.seed.family_error);
    record("lifetime", value.seed.lifetime);
    record("has_ticket", value.seed.has_ticket);
    record("ticket_number", value.ticket_number);
    record("client", value.client);
    record("began", value.began);
    record("expires", value.expires);
    record("routes", value.routes);
}

void describe(auto& record, Is<relay::Traffic> auto& value) {
    record("packets", value.packets);
    record("bytes", value.bytes);
}

void describe(auto& record, Is<relay::Account::Numbers> auto& value) {
    record("bytes_used", value.bytes_used);
    record("full", value.full);
    record("traffic", value.traffic);
    record("first_media", value.first_media);
    record("last_media", value.last_media);
    record("next_media_second", value.next_media_second);
    record("media_seconds", value.media_seconds);
}

void describe(auto& record, Is<relay::SharedLimits::Numbers> auto& value) {
    record("used", value.used);
    record("used_elsewhere", value.used_elsewhere);
    record("first_media", value.first_media);
    record("full", value.full);
    record("is_exhausted", value.is_exhausted);
}

void describe(auto& record, Is<HandedAllocation> auto& value) {
    record("rules", value.rules);
    record("bound", value.bound);
    record("all", value.all);
    record("own", value.own);
    record("slot", value.slot);
    record("heard", value.heard);
    record("since_wall", value.since_wall);
}

void describe(auto& record, Is<HandedWorker> auto& value) {
    record("opened", value.opened);
    record("allocations", value.allocations);
}

void describe(auto& record, Is<HandedLimits> auto& value) {
    record("kind", value.share.kind);
    record("name", value.share.name);
    record("numbers", value.share.numbers);
    record("left", value.share.left);
    record("pool", value.pool);
}

void describe(auto& record, Is<Handover> auto& value) {
    record("boot", value.boot);
    record("node", value.node);
    record("run", value.run);
    record("until", value.until);
    record("nonces", value.keys.nonces);
    record("tickets", value.keys.tickets);
    record("kernel", value.kernel);
    record("workers", value.workers);
    record("limits", value.limits);
}

std::string to_text(const Handover& handover) {
    boost::json::value json = RecordWriter::json_of(handover);
    json.as_object()["format"] = format;
    return boost::json::serialize(json);
}

protocol::Result<Handover, NoHandover> parse_handover(std::string_view text) {
    // A username is whatever a client has sent.
    boost::json::parse_options options;
    options.allow_invalid_utf8 = true;
    boost::system::error_code error;
    const boost::json::value json = boost::json::parse(text, error, {}, options);
    if (error) return NoHandover{"no JSON: " + error.message()};
    const auto* const object = json.if_object();
    const auto* const version = object == nullptr ? nullptr : object->if_contains("format");
    std::uint64_t number = 0;
    if (version == nullptr || !RecordReader::read(*version, number) || number != format) {
        return NoHandover{"of another version of the server"};
    }
    Handover handover;
    // Names of routes are those of their allocation.
    if (!RecordReader::read(json, handover)) return NoHandover{"a field has another form"};
    for (HandedWorker& worker : handover.workers) {
        for (HandedAllocation& each : worker.allocations) {
            for (turn::InstallRoute& route : each.rules.routes) {
                route.allocation = each.rules.seed.id;
            }
        }
    }
    return handover;
}

}  // namespace turnpike::worker
