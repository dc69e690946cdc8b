// SPDX-License-Identifier: BSD-3-Clause
//
// Users and calls as a running server keeps them, asked through its admin interface.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/admin_client.hpp"
#include "server/office.hpp"

namespace turnpike {

class LiveOffice final : public Office {
public:
    // None where no server answers with this token, or it has no database.
    [[nodiscard]] static std::unique_ptr<LiveOffice> open(const config::Admin& admin);

    Result<void> put_user(const admin::UserDraft& draft) override;
    Result<std::vector<storage::Account>> users() override;
    Result<bool> enable_user(const std::string& name) override;
    Result<admin::Revoked> disable_user(const std::string& name) override;
    Result<admin::Revoked> remove_user(const std::string& name) override;
    Result<void> create_call(const storage::Call& call) override;
    Result<bool> extend_call(const std::string& id, std::int64_t seconds) override;
    Result<admin::Revoked> end_call(const std::string& id) override;
    Result<std::vector<storage::Call>> calls() override;
    Result<CallFile> find_call(const std::string& id) override;

private:
    explicit LiveOffice(AdminClient client) : client_{std::move(client)} {}

    // An answer of 404 is a value; one of any other failure is not.
    [[nodiscard]] Result<AdminReply> ask(const AdminRequest& request) const;
    [[nodiscard]] Result<admin::Revoked> revoke(const AdminRequest& request) const;
    // Page after page of what stands in this field.
    [[nodiscard]] Result<std::vector<boost::json::object>> rows(std::string_view field) const;

    AdminClient client_;
};

}  // namespace turnpike
