# SPDX-License-Identifier: BSD-3-Clause
# cmake -D OBJECT=relay.bpf.o -D SOURCE=relay_object.cpp -D HEADER=server/xdp/relay_object.hpp -D SCOPE=turnpike::xdp
#     -D FUNCTION=relay_object -P bpf_object.cmake: a file's octets as C++.
file(READ ${OBJECT} hex HEX)
string(REPEAT "." 32 line)
string(REGEX REPLACE "(${line})" "\\1\n" hex "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1, " octets "${hex}")
file(WRITE ${SOURCE} "#include \"${HEADER}\"

namespace ${SCOPE} {

namespace {
alignas(8) constexpr unsigned char octets[] = {
${octets}};
}

std::span<const unsigned char> ${FUNCTION}() noexcept {
    return octets;
}

}  // namespace ${SCOPE}
")
