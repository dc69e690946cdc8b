// SPDX-License-Identifier: BSD-3-Clause
//
// A folder in a BPF file system. A map or a link that has a name there stays in the kernel when its
// process ends, and the next process finds it. Only names of ours are touched, and nothing here
// needs a right beyond that of the folder's owner.
#pragma once

#include <sys/types.h>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/xdp/entry_point.hpp"
#include "server/xdp/problem.hpp"

namespace turnpike::xdp {

// One name, which goes with this unless it was left. Moves, never copies.
class Pin {
public:
    Pin() noexcept = default;
    // The name is there.
    explicit Pin(std::string path) noexcept : path_{std::move(path)} {}
    Pin(Pin&& other) noexcept : path_{std::exchange(other.path_, {})} {}
    Pin& operator=(Pin&& other) noexcept {
        path_.swap(other.path_);
        return *this;
    }
    ~Pin();

    void leave() noexcept { path_.clear(); }

private:
    std::string path_;  // empty: none
};

class Pins {
public:
    static constexpr std::array maps{"routes",   "sessions",   "pools",  "hops",
                                     "counters", "interfaces", "control"};

    // Makes the folder where it is missing. A problem: it is in no BPF file system, or belongs to
    // others, or they may write there and give us maps of their own.
    // `owner`: whom the process will become, as the one before it did.
    [[nodiscard]] static Outcome<Pins> open(std::string folder, std::optional<uid_t> owner = {});

    [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
    [[nodiscard]] std::string path_of(const char* map) const { return folder_ + '/' + map; }
    [[nodiscard]] std::string path_of(const LinkPlace& place) const;

    // Gives what `descriptor` stands for a name, which must not be there.
    [[nodiscard]] Outcome<Pin> pin(int descriptor, std::string path) const;

    // What is there: any of our maps; links, without order.
    [[nodiscard]] bool has_maps() const;
    [[nodiscard]] std::vector<LinkPlace> links() const;

    // The link is at work no more, whoever still has it open.
    void remove(const LinkPlace& place) const noexcept;
    // After attaching: of interfaces that are not wanted any more or have gone, and of entry points
    // that were changed.
    void remove_links_but(std::span<const LinkPlace> wanted) const;
    void remove_all() const;

    // The folder and what is pinned there are this user's from now on: before privileges are
    // dropped to its own, for otherwise it could remove nothing.
    [[nodiscard]] Outcome<void> give_to(uid_t user, gid_t group) const;

private:
    explicit Pins(std::string folder) noexcept : folder_{std::move(folder)} {}

    std::string folder_;
};

}  // namespace turnpike::xdp
