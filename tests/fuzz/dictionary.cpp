// SPDX-License-Identifier: BSD-3-Clause
//
// Prints what a fuzzer should try: the cookie, the types of messages, and a header for every row of
// the attribute table at its smallest size.
#include <cstdio>

#include "protocol/attribute.hpp"
#include "protocol/message.hpp"
#include "protocol/method.hpp"

namespace {

unsigned high(unsigned number) {
    return number >> 8U & 0xFFU;
}
unsigned low(unsigned number) {
    return number & 0xFFU;
}

}  // namespace

int main() {
    using namespace turnpike::protocol;
    std::printf("cookie=\"\\x%02x\\x%02x\\x%02x\\x%02x\"\n", high(magic_cookie >> 16U),
                low(magic_cookie >> 16U), high(magic_cookie), low(magic_cookie));
    for (const MethodRule& rule : method_rules) {
        for (const MessageClass message_class : {MessageClass::request, MessageClass::indication,
                                                 MessageClass::success, MessageClass::error}) {
            const unsigned type = encode_type(message_class, rule.method);
            std::printf("\"\\x%02x\\x%02x\"\n", high(type), low(type));
        }
    }
    for (const AttributeRule& rule : attribute_rules) {
        const auto type = static_cast<unsigned>(rule.type);
        std::printf("\"\\x%02x\\x%02x\\x%02x\\x%02x\"\n", high(type), low(type),
                    high(rule.size_min), low(rule.size_min));
    }
    return 0;
}
