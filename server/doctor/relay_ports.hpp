// SPDX-License-Identifier: BSD-3-Clause
//
// Whether the kernel gives relay ports to other programs. Pure; the facts are config::Surroundings.
#pragma once

#include "server/config/config.hpp"
#include "server/config/validate.hpp"
#include "server/doctor/finding.hpp"

namespace turnpike::doctor {

[[nodiscard]] Findings judge_relay_ports(const config::PortRange& ports,
                                         const config::Surroundings& around);

}  // namespace turnpike::doctor
