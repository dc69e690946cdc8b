// SPDX-License-Identifier: BSD-3-Clause
//
// Owners of what libpq hands out.
#pragma once

#include <libpq-fe.h>

#include <memory>

namespace turnpike::storage::postgres {

struct Close {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
    void operator()(PGresult* result) const noexcept { PQclear(result); }
    void operator()(PGnotify* notice) const noexcept { PQfreemem(notice); }
    void operator()(unsigned char* octets) const noexcept { PQfreemem(octets); }
};

using ConnectionHandle = std::unique_ptr<PGconn, Close>;
using ResultHandle = std::unique_ptr<PGresult, Close>;
using NoticeHandle = std::unique_ptr<PGnotify, Close>;
using OctetsHandle = std::unique_ptr<unsigned char, Close>;

}  // namespace turnpike::storage::postgres
