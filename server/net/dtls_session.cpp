// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/dtls_session.hpp"

#include <openssl/err.h>
#include <sys/time.h>

#include <utility>

#include "protocol/dtls_record.hpp"

namespace turnpike::net {

using protocol::Bytes;
using protocol::MutableBytes;

namespace {

// Encrypted records that may come before the handshake is over. OpenSSL keeps each until then, with
// a buffer of 16 KiB; of an honest client they are its Finished, twice or thrice, and a message or
// two that overtook it.
constexpr unsigned early_records_max = 8;

struct FreeAddress {
    void operator()(BIO_ADDR* unused) const noexcept { BIO_ADDR_free(unused); }
};

// DtlsCookies has verified it; here it is only the library's way to begin after the exchange.
int take_cookie(SSL* /*ssl*/, const unsigned char* /*cookie*/, unsigned /*size*/) {
    return 1;
}

// Whether the association is over, where a call has brought nothing. Our datagrams do not fail, so
// SSL_ERROR_SYSCALL is only how OpenSSL 3.0 reports a datagram that ended in less than a record's
// header.
bool is_final(int error) noexcept {
    return error != SSL_ERROR_WANT_READ && error != SSL_ERROR_SYSCALL;
}

}  // namespace

void prepare_for_dtls(SSL_CTX& context) noexcept {
    // Above 1.2 the cookie travels in a HelloRetryRequest (RFC 9147 section 5.1): where the library
    // has that, a HelloVerifyRequest must not come before it.
    SSL_CTX_set_min_proto_version(&context, DTLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(&context, DTLS1_2_VERSION);
    SSL_CTX_set_cookie_verify_cb(&context, &take_cookie);
    SSL_CTX_set_options(&context, SSL_OP_COOKIE_EXCHANGE | SSL_OP_NO_QUERY_MTU |
                                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // What a client's handshake message may promise to be: it sends no certificate.
    SSL_CTX_set_max_cert_list(&context, 1);
}

std::unique_ptr<DtlsSession> DtlsSession::accept(SSL_CTX& context, Bytes hello,
                                                 DatagramBio::Send send) {
    std::unique_ptr<DtlsSession> session{new DtlsSession{std::move(send)}};
    if (!session->begin(context, hello)) return nullptr;
    return session;
}

bool DtlsSession::begin(SSL_CTX& context, Bytes hello) {
    ERR_clear_error();
    ssl_.reset(SSL_new(&context));
    BIO* const bio = ssl_ ? bio_.make() : nullptr;
    const std::unique_ptr<BIO_ADDR, FreeAddress> unused{BIO_ADDR_new()};
    if (bio == nullptr || !unused) return false;
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_mtu(ssl_.get(), dtls_handshake_octets_max);
    bio_.offer(hello);
    const bool begun = DTLSv1_listen(ssl_.get(), unused.get()) == 1;
    bio_.clear();
    if (begun) shake_hands();
    return begun;
}

void DtlsSession::shake_hands() noexcept {
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_.get());
    if (done == 1) {
        state_ = State::open;
        just_opened_ = true;
    } else if (is_final(SSL_get_error(ssl_.get(), done))) {
        state_ = State::failed;
    }
}

Bytes DtlsSession::admitted(Bytes datagram) noexcept {
    std::size_t octets = 0;
    while (const auto record = protocol::DtlsRecord::decode(datagram.subspan(octets))) {
        if (record->epoch != 0 && ++early_records_ > early_records_max) break;
        octets += record->octets;
    }
    return datagram.first(octets);
}

void DtlsSession::receive(Bytes datagram) {
    if (state_ == State::handshaking) {
        bio_.offer(admitted(datagram));
        shake_hands();
    } else if (state_ == State::open) {
        bio_.offer(datagram);
    }
}

std::optional<std::size_t> DtlsSession::next(MutableBytes buffer) {
    if (state_ == State::open) {
        std::size_t octets = 0;
        ERR_clear_error();
        const int done = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &octets);
        if (done == 1) return octets;
        const int error = SSL_get_error(ssl_.get(), done);
        if (error == SSL_ERROR_ZERO_RETURN) close();
        if (is_final(error)) state_ = State::closed;
    }
    bio_.clear();
    just_opened_ = false;
    return std::nullopt;
}

bool DtlsSession::has_more() const noexcept {
    return just_opened_ || bio_.waits() || SSL_has_pending(ssl_.get()) == 1;
}

void DtlsSession::redirect(DatagramBio::Send send) {
    bio_.clear();
    bio_.redirect(std::move(send));
}

bool DtlsSession::send(Bytes message) {
    if (state_ != State::open || message.size() > dtls_message_octets_max) return false;
    std::size_t octets = 0;
    ERR_clear_error();
    if (SSL_write_ex(ssl_.get(), message.data(), message.size(), &octets) == 1) return true;
    state_ = State::closed;
    return false;
}

void DtlsSession::close() noexcept {
    if (state_ != State::open) return;
    state_ = State::closed;
    ERR_clear_error();
    (void)SSL_shutdown(ssl_.get());
}

std::optional<std::chrono::microseconds> DtlsSession::until_retransmission() noexcept {
    timeval left{};
    if (state_ != State::handshaking || DTLSv1_get_timeout(ssl_.get(), &left) != 1) {
        return std::nullopt;
    }
    return std::chrono::seconds{left.tv_sec} + std::chrono::microseconds{left.tv_usec};
}

void DtlsSession::on_time() noexcept {
    if (state_ != State::handshaking) return;
    ERR_clear_error();
    if (DTLSv1_handle_timeout(ssl_.get()) < 0) state_ = State::failed;
}

}  // namespace turnpike::net
