// SPDX-License-Identifier: BSD-3-Clause
//
// Where users and calls are kept, as commands ask for them: a running server, through its admin
// interface, or the database itself. Each call waits for its answer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/admin/registrar.hpp"
#include "server/config/config.hpp"
#include "storage/failure.hpp"
#include "storage/records.hpp"

namespace turnpike {

class Office {
public:
    template <typename T>
    using Result = storage::Result<T>;

    virtual ~Office() = default;

    [[nodiscard]] virtual Result<void> put_user(const admin::UserDraft& draft) = 0;
    [[nodiscard]] virtual Result<std::vector<storage::Account>> users() = 0;
    // False: no such user or call.
    [[nodiscard]] virtual Result<bool> enable_user(const std::string& name) = 0;
    [[nodiscard]] virtual Result<admin::Revoked> disable_user(const std::string& name) = 0;
    [[nodiscard]] virtual Result<admin::Revoked> remove_user(const std::string& name) = 0;

    [[nodiscard]] virtual Result<void> create_call(const storage::Call& call) = 0;
    [[nodiscard]] virtual Result<bool> extend_call(const std::string& id, std::int64_t seconds) = 0;
    [[nodiscard]] virtual Result<admin::Revoked> end_call(const std::string& id) = 0;
    [[nodiscard]] virtual Result<std::vector<storage::Call>> calls() = 0;

    // The row may be missing where there is usage, and the other way round.
    struct CallFile {
        std::optional<storage::Call> call;
        std::vector<storage::CallUsage> usage;
    };
    [[nodiscard]] virtual Result<CallFile> find_call(const std::string& id) = 0;
};

// That of the server that answers at admin.listen with the token of this configuration; where none
// does, or it has no database, the database.
[[nodiscard]] storage::Result<std::unique_ptr<Office>> open_office(const config::Config& config);

}  // namespace turnpike
