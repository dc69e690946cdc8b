# SPDX-License-Identifier: BSD-3-Clause
# The kernel's halves: compiled for its own machine, and then a part of a program's text.
find_package(PkgConfig REQUIRED)
pkg_check_modules(libbpf REQUIRED IMPORTED_TARGET libbpf)
find_program(TURNPIKE_BPF_CLANG NAMES clang-19 clang REQUIRED)

# turnpike_bpf(name scope DEPENDS header ...): name.bpf.c of this folder as the octets that scope's function name_object()
# returns, which name_object.hpp declares. Sets name_object_source.
function(turnpike_bpf name scope)
    cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
    file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
    set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}_object.cpp)
    add_custom_command(OUTPUT ${object}
        COMMAND ${TURNPIKE_BPF_CLANG} -target bpf -mcpu=v3 -O2 -g -std=gnu17 -Wall -Wextra -Werror
                -I${PROJECT_SOURCE_DIR} -idirafter /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}
                -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -fdebug-compilation-dir=.
                -c ${CMAKE_CURRENT_SOURCE_DIR}/${name}.bpf.c -o ${object}
        DEPENDS ${name}.bpf.c ${ARG_DEPENDS}
        COMMENT "Building the BPF object" VERBATIM)
    add_custom_command(OUTPUT ${source}
        COMMAND ${CMAKE_COMMAND} -D OBJECT=${object} -D SOURCE=${source} -D HEADER=${folder}/${name}_object.hpp
                -D SCOPE=${scope} -D FUNCTION=${name}_object -P ${PROJECT_SOURCE_DIR}/cmake/bpf_object.cmake
        DEPENDS ${object} ${PROJECT_SOURCE_DIR}/cmake/bpf_object.cmake
        VERBATIM)
    set(${name}_object_source ${source} PARENT_SCOPE)
endfunction()
