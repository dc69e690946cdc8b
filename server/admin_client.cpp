// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin_client.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <exception>
#include <utility>

#include "server/admin/settings.hpp"

namespace turnpike {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Protocol = asio::generic::stream_protocol;
using Stream = beast::basic_stream<Protocol>;
using Take = std::function<bool(std::string_view)>;
using Replied = AdminClient::Result<AdminReply>;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds to_connect{3};
constexpr std::chrono::seconds to_answer{30};     // a reload may take its time
constexpr std::chrono::seconds to_go_on{60};      // of a stream, which has a heartbeat
constexpr std::uint64_t octets_max = 64U << 20U;  // a page of sessions has less than one

[[nodiscard]] Protocol::endpoint endpoint_of(const admin::Place& place) {
    if (!place.endpoint) return asio::local::stream_protocol::endpoint{place.path};
    auto [address, port] = *place.endpoint;
    // Listening on every address, it is reached on this host's own.
    if (address.is_unspecified()) {
        address = *protocol::IpAddress::parse(address.is_v4() ? "127.0.0.1" : "::1");
    }
    return asio::ip::tcp::endpoint{asio::ip::make_address(address.to_string()), port};
}

// A command bears what stands in the configuration now; the server wants what stood there when it
// last read it, and a reload that is asked for with the new one is refused like all else.
constexpr std::string_view stale_token =
    ". If it was changed a moment ago, the running server still has the one of before, or none: "
    "`systemctl reload turnpike` (SIGHUP) makes it read the configuration again";

[[nodiscard]] AdminFailure unreachable(const error_code& failure) {
    return {"no server answers at admin.listen: " + failure.message(), true};
}

// One request on a connection of its own.
class Exchange {
public:
    Exchange(asio::io_context& io, const std::string& token, const AdminRequest& asked)
        : stream_{io}, request_{http::string_to_verb(asked.method), asked.target, 11} {
        request_.set(http::field::host, "localhost");
        request_.set(http::field::authorization, "Bearer " + token);
        request_.set(http::field::connection, "close");
        if (asked.body) {
            request_.set(http::field::content_type, "application/json");
            request_.body() = boost::json::serialize(*asked.body);
        }
        request_.prepare_payload();
        parser_.body_limit(octets_max);
    }

    asio::awaitable<Replied> run(Protocol::endpoint server, const Take* take) {
        stream_.expires_after(to_connect);
        const auto [unconnected] = co_await stream_.async_connect(server, as_tuple);
        if (unconnected) co_return unreachable(unconnected);
        stream_.expires_after(to_answer);
        const auto [unwritten, written] = co_await http::async_write(stream_, request_, as_tuple);
        if (unwritten) co_return AdminFailure{"the server hung up: " + unwritten.message()};
        const auto [unread, octets] =
            co_await http::async_read_header(stream_, buffer_, parser_, as_tuple);
        if (unread) co_return AdminFailure{"the server does not answer: " + unread.message()};
        const bool is_stream = take != nullptr && parser_.get().result() == http::status::ok;
        error_code failure;
        if (is_stream) {
            failure = co_await hand_on(*take);
        } else {
            const auto [broken, count] =
                co_await http::async_read(stream_, buffer_, parser_, as_tuple);
            failure = broken;
        }
        if (failure) co_return AdminFailure{"the server hung up: " + failure.message()};
        co_return reply();
    }

private:
    asio::awaitable<error_code> hand_on(const Take& take) {
        while (!parser_.is_done()) {
            if (!parser_.get().body().empty()) {
                const std::string text = std::exchange(parser_.get().body(), {});
                if (!take(text)) break;
            }
            stream_.expires_after(to_go_on);
            const auto [failure, octets] =
                co_await http::async_read_some(stream_, buffer_, parser_, as_tuple);
            if (failure == http::error::end_of_stream) break;
            if (failure) co_return failure;
        }
        co_return error_code{};
    }

    [[nodiscard]] AdminReply reply() {
        AdminReply reply{.status = parser_.get().result_int(),
                         .text = std::move(parser_.get().body()),
                         .json = {}};
        error_code no_json;
        auto json = boost::json::parse(reply.text, no_json);
        if (!no_json) reply.json = std::move(json);
        return reply;
    }

    Stream stream_;
    http::request<http::string_body> request_;
    http::response_parser<http::string_body> parser_;
    beast::flat_buffer buffer_;
};

[[nodiscard]] Replied exchange(const admin::Place& place, const std::string& token,
                               const AdminRequest& request, const Take* take) {
    asio::io_context io{1};
    Exchange exchange{io, token, request};
    Replied result = AdminFailure{"the server does not answer"};
    asio::co_spawn(io, exchange.run(endpoint_of(place), take),
                   [&result](const std::exception_ptr& failure, Replied reply) {
                       if (failure) std::rethrow_exception(failure);
                       result = std::move(reply);
                   });
    io.run();
    return result;
}

}  // namespace

std::string AdminReply::problem() const {
    const auto* body = json.if_object();
    const auto* error = body == nullptr ? nullptr : body->if_contains("error");
    const auto* fields = error == nullptr ? nullptr : error->if_object();
    if (fields == nullptr) return "the server answers " + std::to_string(status);
    const auto said = [fields](std::string_view name) {
        const auto* value = fields->if_contains(name);
        const auto* said_text = value == nullptr ? nullptr : value->if_string();
        return said_text == nullptr ? std::string{}
                                    : std::string{said_text->begin(), said_text->end()};
    };
    std::string told = said("message") + ": " + said("advice");
    constexpr unsigned unauthorized = 401;
    if (status == unauthorized || said("code") == "no_token_configured") told += stale_token;
    return told;
}

AdminClient::Result<AdminClient> AdminClient::of(const config::Admin& admin) {
    const auto place = admin::Place::parse(admin.listen);
    if (!place) {
        return AdminFailure{"a running server is spoken to at admin.listen, which is not set",
                            true};
    }
    const auto token = admin::read_token(admin);
    if (!token) return AdminFailure{token.error().what, true};
    if (token->empty()) {
        return AdminFailure{
            "a running server wants a token: set admin.token or admin.token_file, and reload it",
            true};
    }
    return AdminClient{*place, *token};
}

AdminClient::Result<AdminReply> AdminClient::send(const AdminRequest& request) const {
    return exchange(place_, token_, request, nullptr);
}

AdminClient::Result<AdminReply> AdminClient::follow(
    const AdminRequest& request, const std::function<bool(std::string_view)>& take) const {
    return exchange(place_, token_, request, &take);
}

}  // namespace turnpike
