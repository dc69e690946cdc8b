// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin_commands.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <functional>
#include <ostream>
#include <thread>
#include <utility>

#include "server/admin/target.hpp"
#include "server/admin_client.hpp"
#include "server/configuration.hpp"

namespace turnpike {
namespace {

using boost::json::object;
using boost::json::value;

ExitCode fail(const Console& console, std::string_view why) {
    console.error << "error: " << why << '\n';
    return ExitCode::system_failure;
}

// Loads the configuration, finds the server, and does it. A file that somebody has broken since the
// start takes no running server out of an operator's hands, as long as it says where to find it.
ExitCode at_server(const ConfigArguments& arguments, const Console& console,
                   const std::function<ExitCode(const AdminClient&)>& work) {
    config::Loaded loaded = load_for_operator(arguments);
    if (!loaded.ok()) {
        loaded = config::load_admin(gather_inputs(arguments), loaded);
        report(loaded, console.error);
        if (!loaded.ok()) return ExitCode::bad_configuration;
    }
    const auto client = AdminClient::of(loaded.config.admin);
    if (!client) return fail(console, client.error().what);
    return work(*client);
}

// A text or a number as people read it; "-" for what is not there.
std::string shown(const object& row, std::string_view name) {
    const value* found = row.if_contains(name);
    if (found == nullptr || found->is_null()) return "-";
    if (const auto* text = found->if_string()) return {text->begin(), text->end()};
    return boost::json::serialize(*found);
}

// The objects of an array; none where the answer has another shape.
std::vector<object> rows_of(const value& json, std::string_view name) {
    std::vector<object> rows;
    const object* body = json.if_object();
    const value* list = body == nullptr ? nullptr : body->if_contains(name);
    const auto* array = list == nullptr ? nullptr : list->if_array();
    if (array == nullptr) return rows;
    for (const value& each : *array) {
        if (each.is_object()) rows.push_back(each.get_object());
    }
    return rows;
}

void print_session(const object& row, std::ostream& out) {
    const auto says = [&row](std::string_view name) { return shown(row, name); };
    out << fmt::format(
        "{}  {}  call {}  {} {}  relayed {}  since {}  sent {}  received {}  ends in {} s\n",
        says("id"), says("user"), says("call"), says("transport"), says("client"), says("relayed"),
        says("since"), says("sent_bytes"), says("received_bytes"), says("ends_in_seconds"));
}

admin::Target target_of(const SessionsCommand& command) {
    admin::Target target{.segments = {"v1", "sessions"}, .parameters = {}};
    if (!command.id.empty()) target.segments.push_back(command.id);
    for (const auto& [name, text] : {std::pair{"user", &command.user},
                                     {"call", &command.call},
                                     {"client", &command.client},
                                     {"transport", &command.transport}}) {
        if (!text->empty()) target.parameters.emplace_back(name, *text);
    }
    return target;
}

// An answer that not all workers have a part in shall not look whole.
void warn_of_unheard(const object& body, const char* consequence, const Console& console) {
    const value* unheard = body.if_contains("workers_unheard");
    if (unheard == nullptr || !unheard->is_int64() || unheard->get_int64() == 0) return;
    console.error << "warning: workers that did not answer in time: " << unheard->get_int64()
                  << "; " << consequence << '\n';
}

// Page after page; as JSON, one object a line.
ExitCode list_sessions(const SessionsCommand& command, const Console& console,
                       const AdminClient& client) {
    admin::Target first = target_of(command);
    first.parameters.emplace_back("limit", "1000");
    for (std::string next = admin::to_text(first); !next.empty();) {
        const auto reply = client.send({.target = next});
        if (!reply) return fail(console, reply.error().what);
        if (!reply->ok()) return fail(console, reply->problem());
        for (const object& each : rows_of(reply->json, "sessions")) {
            if (command.as_json) {
                console.out << boost::json::serialize(each) << '\n';
            } else {
                print_session(each, console.out);
            }
        }
        const object* body = reply->json.if_object();
        if (body != nullptr) warn_of_unheard(*body, "their sessions are missing here", console);
        next = body != nullptr && shown(*body, "next") != "-" ? shown(*body, "next") : "";
    }
    return ExitCode::clean;
}

// Sends it, and hands a good answer on; as JSON it is printed as it came.
ExitCode tell(const AdminClient& client, const AdminRequest& request, const Console& console,
              const std::function<void(const object&)>& print) {
    const auto reply = client.send(request);
    if (!reply) return fail(console, reply.error().what);
    if (!reply->ok()) return fail(console, reply->problem());
    const object* body = reply->json.if_object();
    if (print == nullptr || body == nullptr) {
        console.out << reply->text;
    } else {
        print(*body);
    }
    return ExitCode::clean;
}

void print_fields(const object& body, std::ostream& out) {
    for (const auto& [name, each] : body) {
        out << std::string_view{name} << "  " << shown(body, name) << '\n';
    }
}

ExitCode end_sessions(const SessionsCommand& command, const Console& console,
                      const AdminClient& client) {
    const auto print = [&](const object& body) {
        const std::string ended = shown(body, "ended");
        console.out << ended << (ended == "1" ? " allocation ended\n" : " allocations ended\n");
        warn_of_unheard(body, "their sessions may go on: end them again", console);
    };
    const AdminRequest request{.method = "DELETE", .target = admin::to_text(target_of(command))};
    if (command.as_json) return tell(client, request, console, nullptr);
    return tell(client, request, console, print);
}

// What a reload says of itself, with reasons or with what is different now.
void print_report(const object& body, const Console& console) {
    for (const char* const kind : {"warnings", "errors"}) {
        const value* list = body.if_contains(kind);
        if (list == nullptr || !list->is_array()) continue;
        for (const value& each : list->get_array()) {
            const auto* text = each.if_string();
            if (text == nullptr) continue;
            console.error << (kind[0] == 'w' ? "warning: " : "error: ") << std::string_view{*text}
                          << '\n';
        }
    }
    const auto changes = rows_of(body, "changes");
    for (const object& each : changes) {
        const value* waits = each.if_contains("needs_restart");
        console.out << fmt::format(
            "{}: {} -> {}{}\n", shown(each, "key"), shown(each, "before"), shown(each, "after"),
            waits != nullptr && waits->is_bool() && waits->get_bool() ? "  (after a restart)" : "");
    }
    const value* good = body.if_contains("ok");
    if (good == nullptr || !good->is_bool() || !good->get_bool()) {
        console.error << "error: refused; nothing has changed\n";
    } else if (changes.empty()) {
        console.out << "nothing has changed\n";
    }
}

void print_drain(const object& body, const Console& console) {
    console.out << fmt::format("{}: {} allocations, {} s left\n", shown(body, "phase"),
                               shown(body, "allocations"), shown(body, "left_seconds"))
                << std::flush;
}

// Says each change of the count, until nobody listens there any more: that is the end of it. A
// server that listens and does not answer may only be busy, and gets a few more questions.
// `last`: the count that was said before.
ExitCode watch_drain(const Console& console, const AdminClient& client, bool as_json,
                     std::string last) {
    using namespace std::chrono_literals;
    constexpr int unanswered_max = 5;
    int unanswered = 0;
    for (;; std::this_thread::sleep_for(500ms)) {
        const auto reply = client.send({.target = "/v1/drain"});
        if (!reply && reply.error().is_unreachable) break;
        if (!reply && ++unanswered <= unanswered_max) continue;
        if (!reply) return fail(console, "the server drains still, but " + reply.error().what);
        unanswered = 0;
        if (!reply->ok()) return fail(console, reply->problem());
        const object* body = reply->json.if_object();
        if (body == nullptr || shown(*body, "phase") == "ended") break;
        if (std::exchange(last, shown(*body, "allocations")) == last) continue;
        if (as_json) {
            console.out << reply->text << std::flush;
        } else {
            print_drain(*body, console);
        }
    }
    if (!as_json) console.out << "ended\n";
    return ExitCode::clean;
}

}  // namespace

ExitCode operate(const SessionsCommand& command, const Console& console) {
    using Action = SessionsCommand::Action;
    return at_server(command.config, console, [&](const AdminClient& client) {
        if (command.action == Action::list) return list_sessions(command, console, client);
        if (command.action == Action::end) return end_sessions(command, console, client);
        const AdminRequest request{.target = admin::to_text(target_of(command))};
        if (command.as_json) return tell(client, request, console, nullptr);
        return tell(client, request, console,
                    [&](const object& body) { print_fields(body, console.out); });
    });
}

ExitCode operate(const DrainCommand& command, const Console& console) {
    return at_server(command.config, console, [&](const AdminClient& client) {
        object body;
        if (command.deadline) body["deadline_seconds"] = command.deadline->count();
        std::string said;
        const auto print = [&](const object& answer) {
            said = shown(answer, "allocations");
            if (command.as_json) {
                console.out << boost::json::serialize(answer) << '\n';
            } else {
                print_drain(answer, console);
            }
        };
        const auto begun =
            tell(client, {.method = "POST", .target = "/v1/drain", .body = body}, console, print);
        if (begun != ExitCode::clean || !command.wait) return begun;
        return watch_drain(console, client, command.as_json, said);
    });
}

ExitCode operate(const ReloadCommand& command, const Console& console) {
    return at_server(command.config, console, [&](const AdminClient& client) {
        const auto reply = client.send({.method = "POST", .target = "/v1/reload"});
        if (!reply) return fail(console, reply.error().what);
        constexpr unsigned refused = 422;
        if ((!reply->ok() && reply->status != refused) || !reply->json.is_object()) {
            return fail(console, reply->problem());
        }
        if (command.as_json) {
            console.out << reply->text;
        } else {
            print_report(reply->json.get_object(), console);
        }
        return reply->ok() ? ExitCode::clean : ExitCode::bad_configuration;
    });
}

ExitCode operate(const LogCommand& command, const Console& console) {
    return at_server(command.config, console, [&](const AdminClient& client) {
        AdminRequest request{.target = "/v1/log"};
        if (!command.levels.empty()) {
            object levels;
            for (const auto& [area, level] : command.levels) levels[area] = level;
            request.method = "PUT";
            request.body = object{{"levels", std::move(levels)}};
        }
        if (command.as_json) return tell(client, request, console, nullptr);
        return tell(client, request, console, [&](const object& body) {
            const value* levels = body.if_contains("levels");
            if (levels == nullptr || !levels->is_object()) return;
            for (const auto& [area, level] : levels->get_object()) {
                console.out << std::string_view{area} << '=' << shown(levels->get_object(), area)
                            << '\n';
            }
        });
    });
}

ExitCode operate(const EventsCommand& command, const Console& console) {
    constexpr std::string_view data = "data: ";
    return at_server(command.config, console, [&](const AdminClient& client) {
        std::string pending;
        const auto reply = client.follow({.target = "/v1/events"}, [&](std::string_view text) {
            pending += text;
            for (auto end = pending.find('\n'); end != pending.npos; end = pending.find('\n')) {
                const std::string_view line = std::string_view{pending}.substr(0, end);
                if (line.starts_with(data)) {
                    console.out << line.substr(data.size()) << '\n' << std::flush;
                }
                pending.erase(0, end + 1);
            }
            return console.out.good();
        });
        if (!reply) return fail(console, reply.error().what);
        return reply->ok() ? ExitCode::clean : fail(console, reply->problem());
    });
}

}  // namespace turnpike
