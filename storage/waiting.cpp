// SPDX-License-Identifier: BSD-3-Clause
#include "storage/waiting.hpp"

namespace turnpike::storage {

Result<void> Waiting::connect() {
    return until<void>([this](auto handler) {
        database_->start({.changed = [](const Change&) {},
                          .restored = [handler] { handler(Result<void>{}); },
                          .lost = [handler](const Failure& failure) { handler(failure); }});
    });
}

}  // namespace turnpike::storage
