// SPDX-License-Identifier: BSD-3-Clause
//
// Asks the database for all that it says of somebody: the row, the call, the realm, and what other
// servers hold for them. On the storage thread; `done` is called once, later.
#pragma once

#include <functional>
#include <string>

#include "server/accounts/notice.hpp"
#include "storage/store.hpp"

namespace turnpike::accounts {

class LookUp {
public:
    using Done = std::function<void(Finding)>;

    // `node`: this server, where others may hold allocations too; empty: there are none.
    LookUp(storage::Store& store, std::string realm, std::string node)
        : store_{store}, realm_{std::move(realm)}, node_{std::move(node)} {}

    void start(const Who& who, Done done);

private:
    void find_account(const Who& who, Done done);
    void find_call(const Who& who, Done done);
    // The last step: `call` is the one that counts.
    void count_elsewhere(const std::string& call, Finding finding, Done done);

    storage::Store& store_;
    std::string realm_;
    std::string node_;
};

}  // namespace turnpike::accounts
