// SPDX-License-Identifier: BSD-3-Clause
//
// A client's connection on its way from the worker that accepted it to the one that has what the
// client asks for: SO_REUSEPORT spreads connections over the workers without knowing what they will
// ask.
//
// The contract. The giver found a message that belongs to the owner (owner_of(), in owner.hpp),
// decided nothing about it and answered nothing to it: the connection yields it again, and then
// what was read behind it. It must have no allocation with the giver. What the giver owes the
// client travels in the connection's queue. The owner goes on with it as with a connection of its
// own: it authenticates, answers, and may hand it on to another. Where the owner's mailbox is full
// the connection is cut, and counted. It can be dropped anywhere: nothing stays behind.
#pragma once

#include "protocol/address.hpp"
#include "server/net/file_descriptor.hpp"
#include "server/net/tcp_connection.hpp"
#include "server/worker/connection_limits.hpp"

namespace turnpike::worker {

struct HandedConnection {
    net::FileDescriptor socket;
    net::TcpConnection connection;
    protocol::FiveTuple five_tuple;
    ConnectionLimits::Place place;
};

}  // namespace turnpike::worker
