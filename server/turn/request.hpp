// SPDX-License-Identifier: BSD-3-Clause
//
// One message as it arrived, and where its answer goes. Lives for one call.
#pragma once

#include "protocol/address.hpp"
#include "protocol/bytes.hpp"
#include "protocol/message.hpp"
#include "protocol/time.hpp"

namespace turnpike::turn {

struct Request {
    const protocol::Message& message;
    const protocol::FiveTuple& five_tuple;
    protocol::Moment now;
    protocol::MutableBytes reply;  // where an answer is built; 1,500 octets suffice
};

}  // namespace turnpike::turn
