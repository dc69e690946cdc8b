# SPDX-License-Identifier: BSD-3-Clause
# One interface target carries every flag; a folder's target links it and nothing sets globals.
add_library(turnpike_flags INTERFACE)
target_compile_features(turnpike_flags INTERFACE cxx_std_20)
target_include_directories(turnpike_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(turnpike_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
    -Wold-style-cast -Wcast-align -Woverloaded-virtual -Wformat=2 -Wimplicit-fallthrough
    -Wzero-as-null-pointer-constant $<$<CXX_COMPILER_ID:GNU>:-Wsuggest-override>
    -fstack-protector-strong -fPIE
    $<$<BOOL:${TURNPIKE_WERROR}>:-Werror>
    $<$<AND:$<CXX_COMPILER_ID:Clang>,$<BOOL:${TURNPIKE_WERROR}>>:-Wthread-safety>
    $<$<NOT:$<CONFIG:Debug>>:$<$<NOT:$<BOOL:${TURNPIKE_SANITIZE}>>:-U_FORTIFY_SOURCE$<SEMICOLON>-D_FORTIFY_SOURCE=2>>)
# Where g++ 12 optimizes it sees strings overflow in the standard library, of which nothing is true.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_options(turnpike_flags INTERFACE
        -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict)
endif()
target_compile_definitions(turnpike_flags INTERFACE
    BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION
    # The project checks its own bugs in release too: assert stays on, off the packet path.
    TURNPIKE_VERSION="${PROJECT_VERSION}")
target_link_options(turnpike_flags INTERFACE -pie -Wl,-z,relro,-z,now)
if(TURNPIKE_SANITIZE)
    target_compile_options(turnpike_flags INTERFACE
        -fsanitize=${TURNPIKE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
        # The expansions of assertions take twice as long to compile with it, and are not what is tested.
        $<$<BOOL:$<TARGET_PROPERTY:TURNPIKE_ASSERTIONS>>:-fno-sanitize=undefined>
        # Instrumented code hides from g++ what is initialized: it then warns of std::function.
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    target_link_options(turnpike_flags INTERFACE -fsanitize=${TURNPIKE_SANITIZE})
endif()
# Asio's fences stand beside its mutexes, which ThreadSanitizer does understand.
if(TURNPIKE_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(turnpike_flags INTERFACE -Wno-tsan)
endif()
# What the fuzzers link tells them how far an input got.
if(TURNPIKE_FUZZ)
    target_compile_options(turnpike_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# What most files include and none changes is parsed once: g++ spends three quarters of a file's time on it. The lint
# configures without it (CMAKE_DISABLE_PRECOMPILE_HEADERS), so every file still names what it uses.
set(turnpike_common_headers
    <algorithm> <array> <chrono> <cstddef> <cstdint> <functional> <map> <memory> <optional> <random> <set> <span>
    <string> <string_view> <thread> <utility> <variant> <vector>
    <boost/container/flat_map.hpp> <boost/container/small_vector.hpp> <boost/system/result.hpp>
    <boost/unordered/unordered_flat_map.hpp> <openssl/err.h> <openssl/evp.h>)
set(turnpike_network_headers
    <boost/asio/io_context.hpp> <boost/asio/post.hpp> <boost/asio/steady_timer.hpp> <openssl/ssl.h>)

# turnpike_precompiled(name header ...): what others take with turnpike_reuse().
function(turnpike_precompiled name)
    add_library(${name} STATIC ${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp)
    target_link_libraries(${name} PRIVATE turnpike_flags)
    target_precompile_headers(${name} PRIVATE ${ARGN})
endfunction()
turnpike_precompiled(turnpike_precompiled ${turnpike_common_headers})
turnpike_precompiled(turnpike_network_precompiled ${turnpike_common_headers} ${turnpike_network_headers})

# turnpike_reuse(target prefix link ...): with Asio only where it is linked, as its headers ask for its objects.
function(turnpike_reuse target prefix)
    set(network "")
    if(ARGN MATCHES "turnpike_(asio|net|worker|doctor|program|storage|accounts|admin)")
        set(network "network_")
    endif()
    target_precompile_headers(${target} REUSE_FROM ${prefix}_${network}precompiled)
endfunction()

# turnpike_library(name SOURCES a.cpp ... LINKS target ...): a folder's library; its links are its arrows.
function(turnpike_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
    if(ARG_SOURCES)
        add_library(${name} STATIC ${ARG_SOURCES})
        turnpike_reuse(${name} turnpike ${name} ${ARG_LINKS})
        target_link_libraries(${name} PUBLIC turnpike_flags ${ARG_LINKS})
    else()
        add_library(${name} INTERFACE)
        target_link_libraries(${name} INTERFACE turnpike_flags ${ARG_LINKS})
    endif()
endfunction()

# What has coroutines links this: g++ 12 warns of what it makes of them itself.
add_library(turnpike_coroutines INTERFACE)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(turnpike_coroutines INTERFACE -Wno-zero-as-null-pointer-constant -Wno-mismatched-new-delete)
endif()

# Asio's own source, compiled once for all that use it (BOOST_ASIO_SEPARATE_COMPILATION).
turnpike_library(turnpike_asio SOURCES ${PROJECT_SOURCE_DIR}/cmake/asio.cpp LINKS Boost::headers Threads::Threads)
