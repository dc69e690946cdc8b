// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/manual.hpp"

#include <array>
#include <chrono>
#include <cstdlib>

#include "manual/command_page.hpp"
#include "manual/completion.hpp"
#include "manual/roff.hpp"

namespace turnpike::bench {
namespace {

constexpr std::string_view description =
    R"(Asks a STUN/TURN server, Turnpike or any other, from where a client stands: does it work, over what,
how quickly, and if not, why not. And loads it: how much does it relay without loss, how many clients does it let in, and
what does each of them cost it. Load only servers that are yours.)";

constexpr std::array sections{
    manual::Section{"EXIT STATUS", R"(* 0: All of it works.
* 1: Something failed.
* 2: The command line is wrong.)"},
    manual::Section{
        "ENVIRONMENT",
        R"(* `TURNPIKE_PASSWORD`: The password that belongs to `--user`, out of the sight of other users of the machine.
* `TURNPIKE_SECRET`: The secret that logins are minted from.)"},
    manual::Section{"EXAMPLES", R"(Every transport, with a login minted on the spot:

    turnpike-bench check --secret-file /etc/turnpike/secret turn:turn.example.org turns:turn.example.org

For a monitor:

    turnpike-bench check --json --password-file /etc/monitor/turn --user monitor turn:turn.example.org

The largest rate without loss between two network namespaces, as a line of JSON:

    turnpike-bench relay --rate search --flows 1000 --direction up --client-netns client --peer-netns peer --json - turn:10.2.0.2

What a relay in the kernel carries, offered by the kernel:

    turnpike-bench relay --wire --rate search --flows 1000 --direction up --client-netns client --peer-netns peer --json - turn:10.2.0.2

Fifty consultations for a minute, which have to go well:

    turnpike-bench profile consult --calls 50 --seconds 60 --require 'lost<=0.1%' --require 'latency_us.p99<=5000' turn:10.2.0.2)"},
    manual::Section{
        "BY THE WIRE",
        R"(With `--wire` sockets set everything up, send one packet of each flow, and then nothing more. The kernel makes frames that look like those (BPF_PROG_RUN with live frames, Linux 5.18), each with a stamp and a checksum of its own, and hands them to the interface by which the first ones left. Where they arrive, an XDP program counts and drops them, and lets all else pass.

* It takes root, clients and peers on this machine, UDP, `--mode channel`, single packets, and one `--direction`.
* Where they arrive the interface has to have native XDP. Of a veth the other end has to have a NAPI: an XDP program, or GRO.
* What is sent has its checksums in it: relays by XDP want the same of the server, `ethtool -K ... tx off`.
* The core of this program is always busy, because it looks all the time whether a packet is due. Whether it was the limit, `bottleneck` says: it is where it did not hold the rate, or what arrived found no room.)"},
    manual::Section{
        "RESULTS",
        R"(A result is one line of JSON (`--json`). `test`, `uri`, `transport` and `labels` say what was measured, `wire` and `direct` that it was with those options; the others, where they apply:

* `sent`, `delivered`, `lost`, `reordered`, `duplicated`: Packets, each of them known again. Stragglers are waited for until nothing has come for 200 ms.
* `offered_pps`, `pps`, `bits_per_second`: What was wanted; what came while it was sent; the same in bits of payload.
* `latency_us`: From sending to receiving, both in this program: `p50`, `p99`, `p99.9`.
* `server`: `cpu_us_per_packet`, `cpu_seconds` and `rss_kb` of the process (`--server-pid`); `core_busy`, 0 to 1, of its core (`--server-core`), which has what the kernel does for packets outside of the process, too; `core_us_per_packet`: that core's time.
* `machine_cpu`, `bench_cpu`: The busy share of the whole machine; how many cores this program used.
* `bottleneck`: Who could do no more: `server`, `machine`, `bench` or `none`. It is `bench` where this program did not hold the rate, had no room for what came, or was busy all the time while the server was not. Of a search: by what the next larger rate failed.)"},
    manual::Section{"SEE ALSO", "`turnpike`(1)"}};

}  // namespace

std::string manual_text(const CLI::App& app, const std::string& what) {
    const manual::CommandNode program = manual::command_tree(app);
    if (what == "bash-completion") return manual::bash_completion(program);
    const std::string date =
        manual::build_date(std::getenv("SOURCE_DATE_EPOCH"), std::chrono::system_clock::now());
    return manual::command_page(
        program, {.summary = "check and load a STUN/TURN server from a client's side",
                  .description = description,
                  .version = TURNPIKE_VERSION,
                  .date = date,
                  .sections = sections});
}

}  // namespace turnpike::bench
