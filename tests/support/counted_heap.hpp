// SPDX-License-Identifier: BSD-3-Clause
//
// Counts what the whole program takes from the heap. It replaces the global operators, so at most
// one file of a program may include it.
#pragma once

#include <atomic>
#include <cstdlib>
#include <new>

namespace turnpike::test {

inline std::atomic<std::size_t> heap_blocks_taken = 0;

}  // namespace turnpike::test

// Inlined, new and free() would look to the compiler like a pair that does not match.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++turnpike::test::heap_blocks_taken;
    return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void* operator new(std::size_t size) {
    if (void* memory = operator new(size, std::nothrow)) return memory;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
