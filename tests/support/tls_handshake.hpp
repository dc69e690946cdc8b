// SPDX-License-Identifier: BSD-3-Clause
//
// A TLS handshake in memory: OpenSSL as client against a server's context. What the client offers
// is set before shake().
#pragma once

#include <openssl/err.h>

#include <string>
#include <string_view>

#include "server/net/openssl.hpp"
#include "tests/support/certificate.hpp"

namespace turnpike::test {

class TlsHandshake {
public:
    explicit TlsHandshake(SSL_CTX& server_context)
        : context_{make_client_context(TLS_client_method())},
          server{SSL_new(&server_context)},
          client{SSL_new(context_.get())} {
        SSL_CTX_set_security_level(context_.get(), 0);
        SSL_set_security_level(client.get(), 0);
        SSL_set_min_proto_version(client.get(), TLS1_VERSION);
        BIO* near = nullptr;
        BIO* far = nullptr;
        BIO_new_bio_pair(&near, 0, &far, 0);
        SSL_set_bio(server.get(), near, near);
        SSL_set_bio(client.get(), far, far);
        SSL_set_accept_state(server.get());
        SSL_set_connect_state(client.get());
    }

    // OpenSSL forgets the session of a connection that breaks off.
    ~TlsHandshake() { SSL_set_shutdown(client.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); }
    TlsHandshake(const TlsHandshake&) = delete;
    TlsHandshake& operator=(const TlsHandshake&) = delete;

    void ask_for(const std::string& name) {
        SSL_ctrl(client.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 const_cast<char*>(name.c_str()));
    }
    void offer(std::string_view protocols) {
        SSL_set_alpn_protos(client.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()));
    }
    void version(int only) {
        SSL_set_min_proto_version(client.get(), only);
        SSL_set_max_proto_version(client.get(), only);
    }
    void ciphers(const char* names) { SSL_set_cipher_list(client.get(), names); }
    void resume(SSL_SESSION* session) { SSL_set_session(client.get(), session); }

    // True where both are through; what comes behind (tickets) has been read too.
    bool shake() {
        ERR_clear_error();
        for (int round = 0; round < 10; ++round) {
            (void)SSL_do_handshake(client.get());
            (void)SSL_do_handshake(server.get());
        }
        const bool done =
            SSL_is_init_finished(client.get()) == 1 && SSL_is_init_finished(server.get()) == 1;
        char octet = 0;
        if (done) SSL_read(client.get(), &octet, 1);
        return done;
    }
    // Of the certificate that the client got.
    [[nodiscard]] std::string common_name() const {
        const net::OpensslPtr<X509> leaf{SSL_get1_peer_certificate(client.get())};
        std::string name(256, '\0');
        const int size =
            leaf ? X509_NAME_get_text_by_NID(X509_get_subject_name(leaf.get()), NID_commonName,
                                             name.data(), static_cast<int>(name.size()))
                 : 0;
        name.resize(static_cast<std::size_t>(std::max(size, 0)));
        return name;
    }
    [[nodiscard]] std::string chosen_protocol() const {
        const unsigned char* chosen = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(client.get(), &chosen, &size);
        return {reinterpret_cast<const char*>(chosen), size};
    }
    [[nodiscard]] bool resumed() const { return SSL_session_reused(client.get()) == 1; }
    [[nodiscard]] SSL_SESSION* session() const { return SSL_get1_session(client.get()); }

private:
    TlsContext context_;

public:
    net::OpensslPtr<SSL> server;
    net::OpensslPtr<SSL> client;
};

}  // namespace turnpike::test
