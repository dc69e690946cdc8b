// SPDX-License-Identifier: BSD-3-Clause
//
// A BPF file system for one test, mounted where only this process sees it, whatever the machine has
// mounted itself. It goes with this, and the kernel clears away what is pinned there.
#pragma once

#include <sched.h>
#include <sys/mount.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "server/xdp/pins.hpp"
#include "tests/support/folder.hpp"

namespace turnpike::test {

class BpfFolder {
public:
    BpfFolder() {
        static const bool is_alone =
            ::unshare(CLONE_NEWNS) == 0 &&
            ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
        const char* const path = folder_.path().c_str();
        if (!is_alone || ::mount("bpf", path, "bpf", 0, "mode=0700") != 0) {
            throw std::runtime_error{"a BPF file system needs root"};
        }
    }
    BpfFolder(const BpfFolder&) = delete;
    BpfFolder& operator=(const BpfFolder&) = delete;
    ~BpfFolder() { static_cast<void>(::umount2(folder_.path().c_str(), MNT_DETACH)); }

    [[nodiscard]] std::string file(std::string_view name) const { return folder_.file(name); }
    [[nodiscard]] xdp::Pins pins() const {
        auto pins = xdp::Pins::open(file("relay"));
        if (!pins) throw std::runtime_error{pins.error().text};
        return std::move(*pins);
    }

private:
    Folder folder_;
};

}  // namespace turnpike::test
