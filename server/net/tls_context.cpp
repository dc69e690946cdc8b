// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/tls_context.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "server/net/dtls_session.hpp"

namespace turnpike::net {

// What the callbacks of a context need. Each context holds a share of it, and each session holds
// its context, so that a handshake that has begun goes on after a reload.
struct TlsMaterial {
    std::shared_ptr<const std::vector<Certificate>> certificates;  // at least one
    TicketKeys keys;
};

namespace {

using Material = std::shared_ptr<const TlsMaterial>;
using namespace std::string_view_literals;

// BCP 195 (RFC 9325 section 4.2): forward secrecy and AEAD only. Those with DHE stand last, because
// they cost the server most; RFC 8489 section 6.2.3 wants them to be there.
constexpr auto cipher_suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305";
constexpr auto groups = "X25519:P-256:P-384";

// RFC 7443 section 3, each behind its length, the preferred one first.
constexpr auto application_protocols = "\x09stun.turn\x12stun.nat-discovery"sv;

// What tickets are bound to (RFC 5077 section 3): this program's sessions and no other's.
constexpr auto session_context = "turnpike"sv;

const unsigned char* as_octets(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

void drop_material(void* /*context*/, void* material, CRYPTO_EX_DATA* /*all*/, int /*index*/,
                   long /*number*/, void* /*pointer*/) {
    delete static_cast<Material*>(material);
}

int material_index() noexcept {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, &drop_material);
    return index;
}

const TlsMaterial& material_of(const SSL* session) noexcept {
    const SSL_CTX* const context = SSL_get_SSL_CTX(session);
    return **static_cast<const Material*>(SSL_CTX_get_ex_data(context, material_index()));
}

// Every certificate for the name, so that a client that knows no ECDSA gets one with RSA. A name
// that stands in a certificate wins over one that a wildcard covers.
int choose_certificate(SSL* session, void* /*unused*/) {
    const char* const name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
    if (name == nullptr) return 1;  // the first one, which is the context's
    const auto& certificates = *material_of(session).certificates;
    for (const auto wildcards : {Certificate::Wildcards::no, Certificate::Wildcards::yes}) {
        bool found = false;
        for (const Certificate& each : certificates) {
            if (!each.covers(name, wildcards)) continue;
            if (!std::exchange(found, true)) SSL_certs_clear(session);
            if (!each.add_to(*session)) return 0;
        }
        if (found) return 1;
    }
    return 1;
}

// A client that offers nothing of ours is told so, as RFC 7301 section 3.2 demands: it speaks
// something else, or somebody has led it here (no protocol may pass for another on the same
// certificate).
int choose_protocol(SSL* /*session*/, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void* /*unused*/) {
    unsigned char* selected = nullptr;
    const int outcome = SSL_select_next_proto(&selected, size, as_octets(application_protocols),
                                              static_cast<unsigned>(application_protocols.size()),
                                              offered, offered_size);
    *chosen = selected;
    return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// The values that OpenSSL expects: -1 fails the handshake, 0 goes on without the ticket.
int handle_ticket(SSL* session, unsigned char* name, unsigned char* vector, EVP_CIPHER_CTX* cipher,
                  EVP_MAC_CTX* mac, int sealing) {
    const TicketKeys& keys = material_of(session).keys;
    TicketKeys::Name key_name{};
    if (sealing != 0) {
        if (!keys.seal(key_name, vector, cipher, mac)) return -1;
        std::ranges::copy(key_name, name);
        return 1;
    }
    std::copy_n(name, key_name.size(), key_name.begin());
    switch (keys.open(key_name, vector, cipher, mac)) {
        case TicketKeys::Use::good:
            return 1;
        case TicketKeys::Use::renew:
            return 2;
        case TicketKeys::Use::unknown:
            return 0;
        case TicketKeys::Use::failed:
            return -1;
    }
    return -1;
}

void set_rules(SSL_CTX& context) noexcept {
    SSL_CTX_set_options(&context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                      SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_dh_auto(&context, 1);
    SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);  // tickets only
    SSL_CTX_set_timeout(&context, ticket_lifetime.count());
    SSL_CTX_set_mode(&context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_cert_cb(&context, &choose_certificate, nullptr);
    SSL_CTX_set_alpn_select_cb(&context, &choose_protocol, nullptr);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(&context, &handle_ticket);
}

bool set_algorithms(SSL_CTX& context) noexcept {
    return SSL_CTX_set_cipher_list(&context, cipher_suites) == 1 &&
           SSL_CTX_set1_groups_list(&context, groups) == 1 &&
           SSL_CTX_set_session_id_context(&context, as_octets(session_context),
                                          session_context.size()) == 1;
}

OpensslPtr<SSL_CTX> make_context(const SSL_METHOD* method, const Material& material) {
    ERR_clear_error();
    OpensslPtr<SSL_CTX> context{SSL_CTX_new(method)};
    if (!context || !set_algorithms(*context)) return nullptr;
    auto share = std::make_unique<Material>(material);
    if (SSL_CTX_set_ex_data(context.get(), material_index(), share.get()) != 1) return nullptr;
    (void)share.release();
    set_rules(*context);
    return material->certificates->front().add_to(*context) ? std::move(context) : nullptr;
}

// What a handshake would find out only when a client asks for the name.
std::optional<CertificateProblem> check(SSL_CTX& context,
                                        const std::vector<Certificate>& certificates) {
    const OpensslPtr<SSL> trial{SSL_new(&context)};
    if (!trial) return CertificateProblem{"TLS cannot be used: " + openssl_error()};
    for (const Certificate& each : certificates) {
        ERR_clear_error();
        if (each.add_to(*trial)) continue;
        return CertificateProblem{each.files().certificate +
                                  ": cannot be used: " + openssl_error()};
    }
    return std::nullopt;
}

}  // namespace

TlsContexts::Loaded TlsContexts::load(std::span<const CertificateFiles> files,
                                      const TicketKeys& keys) {
    std::vector<Certificate> certificates;
    for (const CertificateFiles& each : files) {
        auto loaded = Certificate::load(each);
        if (!loaded) return std::move(loaded).error();
        certificates.push_back(*std::move(loaded));
    }
    if (certificates.empty()) return CertificateProblem{"no certificate"};
    return make(std::make_shared<const std::vector<Certificate>>(std::move(certificates)), keys);
}

TlsContexts::Loaded TlsContexts::with(const TicketKeys& keys) const {
    return make(material_->certificates, keys);
}

TlsContexts::Loaded TlsContexts::make(Certificates certificates, const TicketKeys& keys) {
    auto made = std::make_shared<TlsContexts>();
    made->material_ =
        std::make_shared<const TlsMaterial>(TlsMaterial{std::move(certificates), keys});
    made->tls_ = make_context(TLS_server_method(), made->material_);
    made->dtls_ = make_context(DTLS_server_method(), made->material_);
    if (!made->tls_ || !made->dtls_) {
        return CertificateProblem{made->material_->certificates->front().files().certificate +
                                  ": cannot be used: " + openssl_error()};
    }
    SSL_CTX_set_min_proto_version(made->tls_.get(), TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(made->tls_.get(), TLS1_3_VERSION);
    prepare_for_dtls(*made->dtls_);
    if (auto problem = check(*made->tls_, *made->material_->certificates)) {
        return *std::move(problem);
    }
    return Pointer{std::move(made)};
}

std::vector<std::string> TlsContexts::objections(protocol::WallTime now) const {
    std::vector<std::string> all;
    for (const Certificate& each : *material_->certificates) {
        if (auto objection = each.objection(now)) all.push_back(*std::move(objection));
    }
    return all;
}

const TicketKeys& TlsContexts::ticket_keys() const noexcept {
    return material_->keys;
}

std::chrono::system_clock::time_point TlsContexts::expiry() const noexcept {
    const auto& certificates = *material_->certificates;
    return std::ranges::min_element(certificates, {}, &Certificate::expiry)->expiry();
}

bool TlsContexts::has_certificates_of(const TlsContexts& other) const noexcept {
    return std::ranges::equal(*material_->certificates, *other.material_->certificates,
                              [](const Certificate& mine, const Certificate& theirs) {
                                  return X509_cmp(&mine.leaf(), &theirs.leaf()) == 0;
                              });
}

}  // namespace turnpike::net
