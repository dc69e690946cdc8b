// SPDX-License-Identifier: BSD-3-Clause
//
// Values as JSON and back, told field by field in one place: `describe(record, value)` calls
// record("name", value.field) for each, and a RecordWriter or a RecordReader does the rest. A
// reader fails for good: read all of it, then ask ok() once. A field that is missing stays as it
// is, so that another version may have more of them or fewer.
#pragma once

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/integrity.hpp"
#include "protocol/rare.hpp"

namespace turnpike::worker {

template <typename Value>
concept Textual =
    std::same_as<Value, protocol::IpAddress> || std::same_as<Value, protocol::Endpoint>;

[[nodiscard]] std::string hex_of(std::span<const std::byte> octets);
// False where it is not as many.
[[nodiscard]] bool read_hex(std::string_view text, std::span<std::byte> octets);

class RecordWriter {
public:
    template <typename Value>
    void operator()(std::string_view name, const Value& value) {
        object_[name] = json_of(value);
    }
    template <typename Value>
    [[nodiscard]] static boost::json::value json_of(const Value& value);

private:
    boost::json::object object_;
};

class RecordReader {
public:
    template <typename Value>
    void operator()(std::string_view name, Value& value) {
        if (const auto* const field = object_.if_contains(name)) ok_ = ok_ && read(*field, value);
    }
    // False where it is no such value; that is then half read.
    template <typename Value>
    [[nodiscard]] static bool read(const boost::json::value& json, Value& value);

private:
    explicit RecordReader(const boost::json::object& object) noexcept : object_{object} {}

    const boost::json::object& object_;
    bool ok_ = true;
};

namespace record {

template <typename Value>
inline constexpr bool is_duration = false;
template <typename Count, typename Period>
inline constexpr bool is_duration<std::chrono::duration<Count, Period>> = true;
template <typename Value>
inline constexpr bool is_time = false;
template <typename Clock, typename Duration>
inline constexpr bool is_time<std::chrono::time_point<Clock, Duration>> = true;
template <typename Value>
inline constexpr bool is_maybe = false;
template <typename Value>
inline constexpr bool is_maybe<std::optional<Value>> = true;
template <typename Value>
inline constexpr bool is_maybe<protocol::Rare<Value>> = true;
template <typename Value>
inline constexpr bool is_list = false;
template <typename Value>
inline constexpr bool is_list<std::vector<Value>> = true;
template <typename Value, std::size_t size>
inline constexpr bool is_list<std::array<Value, size>> = true;
template <typename Value>
inline constexpr bool is_octets = false;
template <std::size_t size>
inline constexpr bool is_octets<std::array<std::byte, size>> = true;

}  // namespace record

template <typename Value>
boost::json::value RecordWriter::json_of(const Value& value) {
    if constexpr (std::same_as<Value, bool> || std::integral<Value>) {
        return value;
    } else if constexpr (std::is_enum_v<Value>) {
        return static_cast<std::underlying_type_t<Value>>(value);
    } else if constexpr (std::same_as<Value, std::string>) {
        return boost::json::string{value};
    } else if constexpr (Textual<Value>) {
        return boost::json::string{value.to_string()};
    } else if constexpr (std::same_as<Value, protocol::Key>) {
        return boost::json::string{hex_of(value.octets())};
    } else if constexpr (record::is_octets<Value>) {
        return boost::json::string{hex_of(value)};
    } else if constexpr (record::is_duration<Value>) {
        return value.count();
    } else if constexpr (record::is_time<Value>) {
        return value.time_since_epoch().count();
    } else if constexpr (record::is_maybe<Value>) {
        return value ? json_of(*value) : boost::json::value{};
    } else if constexpr (record::is_list<Value>) {
        boost::json::array array;
        for (const auto& each : value) array.push_back(json_of(each));
        return array;
    } else {
        RecordWriter writer;
        describe(writer, value);
        return std::move(writer.object_);
    }
}

namespace record {

template <typename Number>
[[nodiscard]] bool read_number(const boost::json::value& json, Number& number) {
    boost::system::error_code error;
    number = json.to_number<Number>(error);
    return !error;
}

[[nodiscard]] inline bool read_text(const boost::json::value& json, std::string_view& text) {
    const auto* const string = json.if_string();
    if (string == nullptr) return false;
    text = {string->data(), string->size()};
    return true;
}

template <typename Value>
[[nodiscard]] bool read_textual(std::string_view text, Value& value) {
    const auto parsed = Value::parse(text);
    if (parsed) value = *parsed;
    return parsed.has_value();
}

[[nodiscard]] bool read_key(std::string_view text, protocol::Key& key);

}  // namespace record

template <typename Value>
bool RecordReader::read(const boost::json::value& json, Value& value) {
    std::string_view text;
    if constexpr (std::same_as<Value, bool>) {
        const bool* const truth = json.if_bool();
        if (truth != nullptr) value = *truth;
        return truth != nullptr;
    } else if constexpr (std::integral<Value>) {
        return record::read_number(json, value);
    } else if constexpr (std::is_enum_v<Value>) {
        std::underlying_type_t<Value> number{};
        if (!record::read_number(json, number)) return false;
        value = static_cast<Value>(number);
        return true;
    } else if constexpr (std::same_as<Value, std::string>) {
        if (!record::read_text(json, text)) return false;
        value = text;
        return true;
    } else if constexpr (Textual<Value>) {
        return record::read_text(json, text) && record::read_textual(text, value);
    } else if constexpr (std::same_as<Value, protocol::Key>) {
        return record::read_text(json, text) && record::read_key(text, value);
    } else if constexpr (record::is_octets<Value>) {
        return record::read_text(json, text) && read_hex(text, value);
    } else if constexpr (record::is_duration<Value>) {
        typename Value::rep count{};
        if (!record::read_number(json, count)) return false;
        value = Value{count};
        return true;
    } else if constexpr (record::is_time<Value>) {
        typename Value::duration since{};
        if (!read(json, since)) return false;
        value = Value{since};
        return true;
    } else if constexpr (record::is_maybe<Value>) {
        value.reset();
        if (json.is_null()) return true;
        std::remove_cvref_t<decltype(*value)> inner{};
        if (!read(json, inner)) return false;
        value = std::move(inner);
        return true;
    } else if constexpr (record::is_list<Value>) {
        const auto* const array = json.if_array();
        if (array == nullptr) return false;
        if constexpr (requires { value.resize(array->size()); }) value.resize(array->size());
        if (value.size() != array->size()) return false;
        for (std::size_t index = 0; index < value.size(); ++index) {
            if (!read((*array)[index], value[index])) return false;
        }
        return true;
    } else {
        const auto* const object = json.if_object();
        if (object == nullptr) return false;
        RecordReader reader{*object};
        describe(reader, value);
        return reader.ok_;
    }
}

}  // namespace turnpike::worker
