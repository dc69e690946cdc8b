// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/http_session.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/version.hpp>
#include <exception>
#include <utility>

#include "server/admin/event_stream.hpp"

namespace turnpike::admin {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Stream = beast::basic_stream<asio::generic::stream_protocol>;
using Parser = http::request_parser<http::string_body>;
using Response = http::response<http::string_body>;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t unread_octets_max = 256 * 1024;

[[nodiscard]] Request to_request(const Parser& parser,
                                 const std::optional<protocol::IpAddress>& client) {
    const auto& message = parser.get();
    const auto field = [&message](auto name) {
        const auto value = message[name];
        return std::string{value.data(), value.size()};
    };
    return {.method = std::string{message.method_string()},
            .target = std::string{message.target()},
            .body = message.body(),
            .authorization = field(http::field::authorization),
            .origin = field(http::field::origin),
            .asked_method = field(http::field::access_control_request_method),
            .last_event_id = field("Last-Event-ID"),
            .client = client};
}

[[nodiscard]] Response to_response(const Answer& answer, bool keep_alive, bool is_head) {
    Response response{static_cast<http::status>(answer.status), 11};
    if (!answer.type.empty()) response.set(http::field::content_type, answer.type);
    for (const auto& [name, value] : answer.headers) response.insert(name, value);
    response.keep_alive(keep_alive);
    if (answer.status != 204) response.content_length(answer.body.size());
    if (!is_head) response.body() = answer.body;
    return response;
}

// What a request that cannot be read is told; none: nothing, the connection is over.
[[nodiscard]] std::optional<Answer> objection(const error_code& failure) {
    if (failure == http::error::header_limit) {
        return answer_of(
            {431, "headers_too_large", "the headers are too large", "send fewer than 16 KiB"});
    }
    if (failure == http::error::body_limit) {
        return answer_of({413, "body_too_large", "the body is too large",
                          fmt::format("send at most {} octets", body_octets_max)});
    }
    const bool is_of_http =
        failure.category() == http::make_error_code(http::error::bad_target).category();
    if (!is_of_http || failure == http::error::end_of_stream ||
        failure == http::error::partial_message) {
        return std::nullopt;
    }
    return answer_of(bad_request("this is no HTTP request: " + failure.message(),
                                 "speak HTTP/1.1, without TLS"));
}

// One connection while it lives.
class HttpSession {
public:
    HttpSession(HttpSocket socket, std::optional<protocol::IpAddress> client, HttpService& service)
        : stream_{std::move(socket)}, client_{client}, service_{service} {}

    asio::awaitable<void> run() {
        // g++ 12 mistakes a wait within the condition of a loop.
        bool goes_on = true;
        while (goes_on) goes_on = co_await serve_one();
        co_await close();
    }

private:
    // False: it was the last one.
    asio::awaitable<bool> serve_one() {
        Parser parser;
        parser.header_limit(static_cast<std::uint32_t>(service_.limits.header_octets));
        parser.body_limit(body_octets_max);
        stream_.expires_after(service_.limits.request);
        const error_code failure = co_await read(parser);
        if (failure) {
            const auto answer = objection(failure);
            if (answer) static_cast<void>(co_await write(to_response(*answer, false, false)));
            co_return false;
        }
        const Request request = to_request(parser, client_);
        stream_.expires_never();
        const Answer answer = co_await answer_to(request);
        note(request, answer);
        if (answer.events) {
            co_await stream_events(answer);
            co_return false;
        }
        const bool keep_alive = parser.get().keep_alive();
        const bool is_written = co_await write(
            to_response(answer, keep_alive, parser.get().method() == http::verb::head));
        co_return is_written&& keep_alive;
    }

    asio::awaitable<error_code> read(Parser& parser) {
        const auto [failure, octets] =
            co_await http::async_read_header(stream_, buffer_, parser, as_tuple);
        if (failure) co_return failure;
        if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
            constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            const auto [unwritten, count] =
                co_await asio::async_write(stream_, asio::buffer(go_on), as_tuple);
            if (unwritten) co_return unwritten;
        }
        const auto [unread, count] = co_await http::async_read(stream_, buffer_, parser, as_tuple);
        co_return unread;
    }

    asio::awaitable<bool> write(Response response) {
        stream_.expires_after(service_.limits.answer);
        const auto [failure, octets] = co_await http::async_write(stream_, response, as_tuple);
        co_return !failure;
    }

    // What goes wrong in a route is a mistake of ours; the others go on.
    asio::awaitable<Answer> answer_to(const Request& request) {
        std::string what;
        try {
            co_return co_await service_.api.handle(
                request, {std::chrono::steady_clock::now(), std::chrono::system_clock::now()});
        } catch (const std::exception& failure) {
            what = failure.what();
        }
        service_.log.error(telemetry::Area::admin, "admin request failed", {{"what", what}});
        co_return answer_of({500, "internal_error", "the server could not answer this",
                             "its log says why; please report it"});
    }

    // What changes something is written down, and who tries tokens; what was said is not.
    void note(const Request& request, const Answer& answer) {
        if (answer.status == 401) return note_stranger(request);
        const bool reads =
            request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
        if (reads || answer.status == 429 || request.target.starts_with("/v1/credentials")) return;
        service_.log.info(
            telemetry::Area::admin, "admin request",
            {{"method", request.method},
             {"path", request.target.substr(0, request.target.find('?'))},
             {"status", answer.status},
             telemetry::Field::address("client", client_ ? client_->to_string() : "unix")});
    }

    void note_stranger(const Request& request) {
        service_.log.warning(
            telemetry::Area::admin, "admin request without a good token",
            {{"method", request.method},
             {"path", request.target.substr(0, request.target.find('?'))},
             {"token", request.authorization.empty() ? "none" : "wrong"},
             telemetry::Field::address("client", client_ ? client_->to_string() : "unix")});
    }

    asio::awaitable<void> stream_events(const Answer& answer) {
        if (service_.hub == nullptr || service_.hub->is_full()) {
            const Answer full = answer_of(
                {503, "too_many_streams", "too many streams are open", "close one of them"});
            static_cast<void>(co_await write(to_response(full, false, false)));
            co_return;
        }
        EventHub::Seat seat{*service_.hub};
        Response head = to_response(answer, false, false);
        head.erase(http::field::content_length);  // it ends when the connection does
        std::uint64_t after = answer.events->number;
        std::string text = header_text(head);
        bool goes_on = co_await send(text);
        while (goes_on) {
            EventText next = events_after(service_.hub->source(), after);
            if (next.text.empty()) {
                co_await seat.wait(service_.limits.heartbeat);
                next = events_after(service_.hub->source(), after);
            }
            after = next.last;
            text = next.text.empty() ? std::string{event_heartbeat} : std::move(next.text);
            goes_on = co_await send(text);
        }
    }

    [[nodiscard]] static std::string header_text(const Response& head) {
        std::string text =
            fmt::format("HTTP/1.1 {} {}\r\n", head.result_int(), std::string{head.reason()});
        for (const auto& each : head) {
            text.append(each.name_string()).append(": ").append(each.value()).append("\r\n");
        }
        return text + "\r\n";
    }

    asio::awaitable<bool> send(const std::string& text) {
        stream_.expires_after(service_.limits.answer);
        const auto [failure, octets] =
            co_await asio::async_write(stream_, asio::buffer(text), as_tuple);
        stream_.expires_never();
        co_return !failure;
    }

    // What was not read yet would make the kernel reset the connection, and the answer be lost.
    asio::awaitable<void> close() {
        error_code ignored;
        stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
        stream_.expires_after(service_.limits.answer);
        std::array<char, 4096> unread{};
        for (std::size_t total = 0; total < unread_octets_max;) {
            const auto [failure, octets] =
                co_await stream_.async_read_some(asio::buffer(unread), as_tuple);
            if (failure) break;
            total += octets;
        }
    }

    Stream stream_;
    std::optional<protocol::IpAddress> client_;
    HttpService& service_;
    beast::flat_buffer buffer_{96 * 1024};
};

}  // namespace

boost::asio::awaitable<void> serve_http(HttpSocket socket,
                                        std::optional<protocol::IpAddress> client,
                                        HttpService& service) {
    HttpSession session{std::move(socket), client, service};
    co_await session.run();
}

}  // namespace turnpike::admin
