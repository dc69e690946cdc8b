// SPDX-License-Identifier: BSD-3-Clause
#include "storage/postgres/convert.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "storage/postgres/handle.hpp"

namespace turnpike::storage::postgres {

namespace {

// pg_type.oid of what our statements yield; they are part of PostgreSQL's protocol.
enum class Type : Oid {
    boolean = 16,
    octets = 17,
    int8 = 20,
    int2 = 21,
    int4 = 23,
    float4 = 700,
    float8 = 701,
    time = 1184,
    numeric = 1700,
};

template <typename T>
std::optional<T> number(std::string_view text) {
    T value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

template <typename T>
Value number_or_null(std::string_view text) {
    const auto value = number<T>(text);
    return value ? Value{*value} : Value{Null{}};
}

std::string hexadecimal(std::string_view octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "\\x";
    text.reserve(2 + 2 * octets.size());
    for (const char octet : octets) {
        const auto number = static_cast<unsigned char>(octet);
        text += digits[number >> 4U];
        text += digits[number & 15U];
    }
    return text;
}

std::string octets_of(std::string_view text) {
    const std::string terminated{text};
    std::size_t size = 0;
    const OctetsHandle octets{
        PQunescapeBytea(reinterpret_cast<const unsigned char*>(terminated.c_str()), &size)};
    return octets ? std::string{reinterpret_cast<const char*>(octets.get()), size} : std::string{};
}

// Takes `size` digits and the separator after them, if there is one, off the front.
std::optional<int> take(std::string_view& text, std::size_t size, char separator = 0) {
    const auto value = number<int>(text.substr(0, size));
    if (!value || *value < 0) return std::nullopt;
    text.remove_prefix(std::min(size, text.size()));
    if (separator != 0) {
        if (!text.starts_with(separator)) return std::nullopt;
        text.remove_prefix(1);
    }
    return value;
}

std::optional<std::chrono::microseconds> take_fraction(std::string_view& text) {
    if (!text.starts_with('.')) return std::chrono::microseconds{0};
    text.remove_prefix(1);
    const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
    std::string digits{text.substr(0, std::min<std::size_t>(size, 6))};
    digits.resize(6, '0');
    text.remove_prefix(size);
    const auto value = number<std::int64_t>(digits);
    if (!value) return std::nullopt;
    return std::chrono::microseconds{*value};
}

struct ToParameter {
    std::optional<std::string> operator()(Null) const { return std::nullopt; }
    std::optional<std::string> operator()(bool value) const { return value ? "t" : "f"; }
    std::optional<std::string> operator()(std::int64_t value) const {
        return std::to_string(value);
    }
    std::optional<std::string> operator()(double value) const {
        std::array<char, 32> text{};
        const auto [end, failure] = std::to_chars(text.data(), text.data() + text.size(), value);
        return std::string{text.data(), end};
    }
    std::optional<std::string> operator()(const std::string& value) const { return value; }
    std::optional<std::string> operator()(const Blob& value) const {
        return hexadecimal(value.octets);
    }
    std::optional<std::string> operator()(Time value) const { return format_time(value); }
};

}  // namespace

std::optional<std::string> to_parameter(const Value& value) {
    return std::visit(ToParameter{}, value);
}

Value to_value(Oid type, std::string_view text) {
    switch (static_cast<Type>(type)) {
        case Type::boolean:
            return text == "t";
        case Type::octets:
            return Blob{octets_of(text)};
        case Type::int2:
        case Type::int4:
        case Type::int8:
            return number_or_null<std::int64_t>(text);
        case Type::float4:
        case Type::float8:
            return number_or_null<double>(text);
        case Type::numeric:  // what sum(bigint) is: whole, and rarely too large
            return number<std::int64_t>(text) ? number_or_null<std::int64_t>(text)
                                              : number_or_null<double>(text);
        case Type::time: {
            const auto time = parse_time(text);
            return time ? Value{*time} : Value{Null{}};
        }
        default:
            return std::string{text};
    }
}

Rows to_rows(const PGresult& result) {
    Rows rows;
    const int columns = PQnfields(&result);
    for (int row = 0; row < PQntuples(&result); ++row) {
        std::vector<Value> values;
        for (int column = 0; column < columns; ++column) {
            if (PQgetisnull(&result, row, column) != 0) {
                values.emplace_back(Null{});
                continue;
            }
            const auto size = static_cast<std::size_t>(PQgetlength(&result, row, column));
            values.push_back(
                to_value(PQftype(&result, column), {PQgetvalue(&result, row, column), size}));
        }
        rows.emplace_back(std::move(values));
    }
    return rows;
}

std::optional<Time> parse_time(std::string_view text) {
    using namespace std::chrono;
    const auto whole_year = take(text, 4, '-');
    const auto month_of_year = take(text, 2, '-');
    const auto day_of_month = take(text, 2, ' ');
    const auto hour = take(text, 2, ':');
    const auto minute = take(text, 2, ':');
    const auto second = take(text, 2);
    if (!whole_year || !month_of_year || !day_of_month || !hour || !minute || !second)
        return std::nullopt;
    const auto fraction = take_fraction(text);
    if (!fraction || text != "+00") return std::nullopt;
    const year_month_day date{year{*whole_year}, month{static_cast<unsigned>(*month_of_year)},
                              day{static_cast<unsigned>(*day_of_month)}};
    if (!date.ok()) return std::nullopt;
    return Time{sys_days{date} + hours{*hour} + minutes{*minute} + seconds{*second} + *fraction};
}

std::string format_time(Time time) {
    using namespace std::chrono;
    const auto midnight = floor<days>(time);
    const year_month_day date{midnight};
    const hh_mm_ss clock{time - midnight};
    std::array<char, 64> text{};
    (void)std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02d.%06d+00",
                        static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                        static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                        static_cast<int>(clock.minutes().count()),
                        static_cast<int>(clock.seconds().count()),
                        static_cast<int>(clock.subseconds().count()));
    return text.data();
}

Failure to_failure(const PGresult& result) {
    const char* code = PQresultErrorField(&result, PG_DIAG_SQLSTATE);
    const char* text = PQresultErrorField(&result, PG_DIAG_MESSAGE_PRIMARY);
    const std::string_view state = code != nullptr ? code : "";
    const std::string what = text != nullptr ? text : PQresultErrorMessage(&result);
    // PostgreSQL, appendix A: a class is the first two characters.
    const auto kind = [state] {
        using Kind = Failure::Kind;
        if (state == "25006") return Kind::read_only;
        if (state == "53100") return Kind::full;
        if (state == "57014") return Kind::timed_out;  // statement_timeout, ours
        if (state == "42P01" || state == "3F000" || state == "42883" || state == "42703") {
            return Kind::schema;
        }
        const std::string_view group = state.substr(0, 2);
        if (group == "08" || group == "57" || group == "53" || group == "58") {
            return Kind::unavailable;
        }
        return Kind::refused;
    }();
    return {kind, what};
}

std::optional<Change> parse_change(std::string_view payload) {
    const auto kind = payload.find('\n');
    const auto realm = payload.find('\n', kind == payload.npos ? kind : kind + 1);
    if (realm == payload.npos) return std::nullopt;
    return Change{std::string{payload.substr(0, kind)},
                  std::string{payload.substr(kind + 1, realm - kind - 1)},
                  std::string{payload.substr(realm + 1)}};
}

}  // namespace turnpike::storage::postgres
