// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/tls_session.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <new>
#include <utility>

namespace turnpike::net {

using protocol::Bytes;
using protocol::MutableBytes;

namespace {

// Memory that a burst left behind is given back.
constexpr std::size_t kept_octets = 4096;

struct MethodFree {
    void operator()(BIO_METHOD* unused) const noexcept { BIO_meth_free(unused); }
};

TlsSession::Failure reason_of(unsigned long error) noexcept {
    using Failure = TlsSession::Failure;
    if (ERR_GET_LIB(error) != ERR_LIB_SSL) return Failure::other;
    switch (const int reason = ERR_GET_REASON(error)) {
        case SSL_R_HTTP_REQUEST:
        case SSL_R_HTTPS_PROXY_REQUEST:
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_UNEXPECTED_MESSAGE:
            return Failure::not_tls;
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_VERSION_TOO_LOW:
            return Failure::version;
        case SSL_R_NO_SHARED_CIPHER:
            return Failure::no_shared_cipher;
        case SSL_R_NO_APPLICATION_PROTOCOL:
            return Failure::no_application_protocol;
        default:
            return reason >= SSL_AD_REASON_OFFSET ? Failure::alert : Failure::other;
    }
}

}  // namespace

// OpenSSL's way to a session, for the time of a call: all sessions of a thread take turns with one
// BIO.
class TlsSession::Link {
public:
    explicit Link(TlsSession& session) : ssl_{*session.ssl_} {
        BIO* const bio = shared();
        BIO_set_data(bio, &session);
        BIO_up_ref(bio);  // SSL_set_bio() takes a share
        SSL_set_bio(&ssl_, bio, bio);
    }
    ~Link() { SSL_set_bio(&ssl_, nullptr, nullptr); }
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

private:
    static BIO* shared() {
        static thread_local const OpensslPtr<BIO> bio = [] {
            OpensslPtr<BIO> made{method() != nullptr ? BIO_new(method()) : nullptr};
            if (!made) throw std::bad_alloc{};
            BIO_set_init(made.get(), 1);
            return made;
        }();
        return bio.get();
    }

    SSL& ssl_;
};

const BIO_METHOD* TlsSession::method() {
    static const std::unique_ptr<BIO_METHOD, MethodFree> instance = [] {
        std::unique_ptr<BIO_METHOD, MethodFree> made{
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stream")};
        if (made) {
            BIO_meth_set_read(made.get(), &TlsSession::read);
            BIO_meth_set_write(made.get(), &TlsSession::write);
            BIO_meth_set_ctrl(made.get(), &TlsSession::control);
        }
        return made;
    }();
    return instance.get();
}

TlsSession& TlsSession::owner_of(BIO* bio) noexcept {
    return *static_cast<TlsSession*>(BIO_get_data(bio));
}

int TlsSession::read(BIO* bio, char* buffer, int size) {
    Bytes& input = owner_of(bio).input_;
    BIO_clear_retry_flags(bio);
    if (input.empty()) {
        BIO_set_retry_read(bio);
        return -1;
    }
    const std::size_t count = std::min(input.size(), static_cast<std::size_t>(size));
    std::ranges::copy(input.first(count), reinterpret_cast<std::byte*>(buffer));
    input = input.subspan(count);
    return static_cast<int>(count);
}

int TlsSession::write(BIO* bio, const char* octets, int size) {
    const auto* first = reinterpret_cast<const std::byte*>(octets);
    auto& output = owner_of(bio).output_;
    BIO_clear_retry_flags(bio);
    output.insert(output.end(), first, first + size);
    return size;
}

long TlsSession::control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;  // all else is unknown here, or has nothing to do
}

// OpenSSL declines a renegotiation by a warning and goes on; here it is the end.
void TlsSession::watch(const SSL* ssl, int what, int value) {
    if ((what & SSL_CB_WRITE_ALERT) != SSL_CB_WRITE_ALERT) return;
    if ((value & 0xFF) != SSL_AD_NO_RENEGOTIATION) return;
    owner_of(SSL_get_rbio(ssl)).renegotiates_ = true;
}

std::unique_ptr<TlsSession> TlsSession::accept(SSL_CTX& context) {
    std::unique_ptr<TlsSession> session{new TlsSession};
    if (!session->begin(context)) return nullptr;
    return session;
}

TlsSession::~TlsSession() = default;

bool TlsSession::begin(SSL_CTX& context) {
    ERR_clear_error();
    ssl_.reset(SSL_new(&context));
    if (!ssl_) return false;
    SSL_set_accept_state(ssl_.get());
    SSL_set_info_callback(ssl_.get(), &TlsSession::watch);
    return true;
}

void TlsSession::fail() noexcept {
    state_ = State::failed;
    failure_ = renegotiates_ ? Failure::renegotiation : reason_of(ERR_peek_error());
    ERR_clear_error();
}

void TlsSession::shake_hands() noexcept {
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_.get());
    if (done == 1) {
        state_ = State::open;
        forget_handshake();
    } else if (SSL_get_error(ssl_.get(), done) != SSL_ERROR_WANT_READ) {
        fail();
    }
}

// OpenSSL would keep as long as the session what it was agreed on with: the ephemeral keys of TLS
// 1.3, which setting a key's type empties, and wipes; and the suites that the client offered.
void TlsSession::forget_handshake() noexcept {
    const auto empty = [](EVP_PKEY* key) {
        const OpensslPtr<EVP_PKEY> share{key};
        (void)EVP_PKEY_set_type(key, EVP_PKEY_get_id(key));
    };
    EVP_PKEY* key = nullptr;
    if (SSL_get_tmp_key(ssl_.get(), &key) == 1) empty(key);
    if (SSL_get_peer_tmp_key(ssl_.get(), &key) == 1) empty(key);
    if (STACK_OF(SSL_CIPHER)* const offered = SSL_get_client_ciphers(ssl_.get())) {
        sk_SSL_CIPHER_zero(offered);
        (void)sk_SSL_CIPHER_reserve(offered, 0);
    }
    ERR_clear_error();
}

std::size_t TlsSession::receive(Bytes ciphertext, MutableBytes plaintext) {
    const Link link{*this};
    input_ = ciphertext;
    std::size_t total = 0;
    if (state_ == State::handshaking) shake_hands();
    while (state_ == State::open && total < plaintext.size()) {
        std::size_t count = 0;
        ERR_clear_error();
        const int done =
            SSL_read_ex(ssl_.get(), plaintext.data() + total, plaintext.size() - total, &count);
        if (done == 1) {
            total += count;
            continue;
        }
        const int error = SSL_get_error(ssl_.get(), done);
        if (error == SSL_ERROR_ZERO_RETURN) {
            state_ = State::ending;
        } else if (error != SSL_ERROR_WANT_READ || renegotiates_) {
            fail();
        } else {
            break;
        }
    }
    input_ = {};  // behind the end there is nothing to be read
    return total;
}

bool TlsSession::writable() const noexcept {
    return (state_ == State::open || state_ == State::ending) && !said_goodbye_;
}

bool TlsSession::send(Bytes plaintext) {
    if (!writable()) return false;
    const Link link{*this};
    std::size_t count = 0;
    ERR_clear_error();
    if (SSL_write_ex(ssl_.get(), plaintext.data(), plaintext.size(), &count) == 1) return true;
    fail();
    return false;
}

void TlsSession::close() noexcept {
    if (!writable()) return;
    const Link link{*this};
    said_goodbye_ = true;
    ERR_clear_error();
    (void)SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

Bytes TlsSession::output() const noexcept {
    return Bytes{output_}.subspan(sent_);
}

void TlsSession::sent(std::size_t octets) {
    sent_ += octets;
    if (sent_ < output_.size()) return;
    sent_ = 0;
    output_.clear();
    if (output_.capacity() > kept_octets || is_greeting_) rest();
    is_greeting_ = state_ == State::handshaking;
}

void TlsSession::rest() noexcept {
    if (output_.empty()) std::vector<std::byte>{}.swap(output_);
}

bool TlsSession::resumed() const noexcept {
    return SSL_session_reused(ssl_.get()) == 1;
}

}  // namespace turnpike::net
