// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/datagram_bio.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace turnpike::net {

using protocol::Bytes;

const BIO_METHOD* DatagramBio::method() {
    struct Free {
        void operator()(BIO_METHOD* unused) const noexcept { BIO_meth_free(unused); }
    };
    static const std::unique_ptr<BIO_METHOD, Free> instance = [] {
        std::unique_ptr<BIO_METHOD, Free> made{
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams")};
        if (made) {
            BIO_meth_set_read(made.get(), &DatagramBio::read);
            BIO_meth_set_write(made.get(), &DatagramBio::write);
            BIO_meth_set_ctrl(made.get(), &DatagramBio::control);
        }
        return made;
    }();
    return instance.get();
}

BIO* DatagramBio::make() {
    BIO* const bio = method() == nullptr ? nullptr : BIO_new(method());
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    return bio;
}

int DatagramBio::read(BIO* bio, char* buffer, int size) {
    auto& self = *static_cast<DatagramBio*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (self.waiting_.empty()) {
        BIO_set_retry_read(bio);
        return -1;
    }
    // As with a socket, what does not fit is lost.
    const Bytes datagram = std::exchange(self.waiting_, {});
    const std::size_t count = std::min(datagram.size(), static_cast<std::size_t>(size));
    std::ranges::copy(datagram.first(count), reinterpret_cast<std::byte*>(buffer));
    return static_cast<int>(count);
}

int DatagramBio::write(BIO* bio, const char* datagram, int size) {
    auto& self = *static_cast<DatagramBio*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    self.send_(Bytes{reinterpret_cast<const std::byte*>(datagram), static_cast<std::size_t>(size)});
    return size;
}

long DatagramBio::control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;  // all else is unknown here, or has nothing to do
}

}  // namespace turnpike::net
