// SPDX-License-Identifier: BSD-3-Clause
//
// Our configuration while it is put together: keys of the table of options with values that are
// TOML already, each with the line that it comes from. Written in the order of that table.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace turnpike::coturn {

class Draft {
public:
    // Line 0: not from a line. A key is set once; setting it again replaces it.
    void set(std::string_view key, std::string toml, std::size_t line);
    // To a list, or to a table: then the element is `name = value`. What stands there already is
    // not added again.
    void add(std::string_view key, std::string toml, std::size_t line);
    // A list that is there and empty, where the default is not; what is added goes into it.
    void set_empty(std::string_view key);
    // A comment above the key, which may be without a value. One line.
    void remark(std::string_view key, std::string text);

    [[nodiscard]] bool has(std::string_view key) const;
    // Elements of all lists.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    // `source`: what it was made of, in the comment on top.
    [[nodiscard]] std::string to_toml(std::string_view source) const;

private:
    struct Element {
        std::string toml;
        std::size_t line = 0;
    };
    struct Entry {
        bool is_list = false;
        std::vector<Element> elements;
        std::vector<std::string> remarks;
    };

    static void write_list(std::string& out, std::string_view name, const Entry& entry);
    static void write(std::string& out, std::string_view key, const Entry& entry);

    std::map<std::string, Entry, std::less<>> entries_;
    std::size_t size_ = 0;
};

}  // namespace turnpike::coturn
