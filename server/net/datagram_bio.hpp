// SPDX-License-Identifier: BSD-3-Clause
//
// What stands between OpenSSL and our sockets where messages are datagrams: one that came is read
// once and whole, and each that OpenSSL writes is handed on as it is (a memory BIO would run them
// together). Nothing blocks. Owned by one worker.
#pragma once

#include <openssl/bio.h>

#include <functional>
#include <utility>

#include "protocol/bytes.hpp"

namespace turnpike::net {

class DatagramBio {
public:
    // Lives as long as the call.
    using Send = std::function<void(protocol::Bytes datagram)>;

    explicit DatagramBio(Send send) : send_{std::move(send)} {}
    DatagramBio(const DatagramBio&) = delete;
    DatagramBio& operator=(const DatagramBio&) = delete;

    // What is written goes there from now on.
    void redirect(Send send) { send_ = std::move(send); }
    // The next that is read; it lives until then, or until clear().
    void offer(protocol::Bytes datagram) noexcept { waiting_ = datagram; }
    void clear() noexcept { waiting_ = {}; }
    [[nodiscard]] bool waits() const noexcept { return !waiting_.empty(); }

    // For SSL_set_bio(), which takes it over; null where there is no memory. This object outlives
    // it.
    [[nodiscard]] BIO* make();

private:
    static int read(BIO* bio, char* buffer, int size);
    static int write(BIO* bio, const char* datagram, int size);
    static long control(BIO* bio, int command, long number, void* pointer);
    static const BIO_METHOD* method();

    Send send_;
    protocol::Bytes waiting_;
};

}  // namespace turnpike::net
