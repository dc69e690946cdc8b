// SPDX-License-Identifier: BSD-3-Clause
//
// Owns the mapping of an array that the kernel's half uses too. Moves, never copies; its views live
// as long as it does.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <span>
#include <utility>

namespace turnpike::xdp {

template <typename Value>
class SharedArray {
public:
    SharedArray() noexcept = default;
    explicit SharedArray(std::span<Value> values) noexcept : values_{values} {}
    SharedArray(SharedArray&& other) noexcept : values_{std::exchange(other.values_, {})} {}
    SharedArray& operator=(SharedArray&& other) noexcept {
        std::swap(values_, other.values_);
        return *this;
    }
    ~SharedArray() {
        if (!values_.empty()) ::munmap(values_.data(), values_.size_bytes());
    }

    [[nodiscard]] std::span<Value> values() const noexcept { return values_; }

private:
    std::span<Value> values_;
};

}  // namespace turnpike::xdp
