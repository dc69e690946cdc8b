// SPDX-License-Identifier: BSD-3-Clause
//
// Rare<T>: a std::optional for what is seldom there and large: a pointer's room without a value,
// memory of its own with one. A copy copies the value. Made and used like std::optional.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace turnpike::protocol {

template <typename Value>
class Rare {
public:
    Rare() noexcept = default;
    // NOLINTBEGIN(google-explicit-constructor): as with std::optional
    Rare(std::nullopt_t /*none*/) noexcept {}
    Rare(Value value) : value_{std::make_unique<Value>(std::move(value))} {}
    // NOLINTEND(google-explicit-constructor)
    Rare(const Rare& other) : value_{other ? std::make_unique<Value>(*other) : nullptr} {}
    Rare(Rare&& other) noexcept = default;
    ~Rare() = default;
    Rare& operator=(const Rare& other) {
        if (this != &other) *this = Rare{other};
        return *this;
    }
    Rare& operator=(Rare&& other) noexcept = default;

    void reset() noexcept { value_.reset(); }

    explicit operator bool() const noexcept { return has_value(); }
    [[nodiscard]] bool has_value() const noexcept { return value_ != nullptr; }
    // There is one.
    [[nodiscard]] const Value& operator*() const noexcept { return *value_; }
    [[nodiscard]] const Value* operator->() const noexcept { return value_.get(); }
    [[nodiscard]] Value& operator*() noexcept { return *value_; }
    [[nodiscard]] Value* operator->() noexcept { return value_.get(); }
    // What a Value is that nobody has touched, where there is none.
    [[nodiscard]] const Value& value_or_default() const noexcept {
        static const Value untouched{};
        return value_ ? *value_ : untouched;
    }

    friend bool operator==(const Rare& left, const Rare& right) {
        return left && right ? *left == *right : left.has_value() == right.has_value();
    }
    friend bool operator==(const Rare& left, const Value& right) { return left && *left == right; }

private:
    std::unique_ptr<Value> value_;
};

}  // namespace turnpike::protocol
