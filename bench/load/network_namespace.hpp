// SPDX-License-Identifier: BSD-3-Clause
//
// Sockets in a network namespace that ip-netns(8) knows by name: what a thread makes in there stays
// there, whoever uses it later.
#pragma once

#include <functional>
#include <string>

namespace turnpike::bench {

// Does `work` in a thread of its own that has entered the namespace, and waits for it; an empty
// name means right here. What `work` throws is thrown on. BadStart where it cannot be entered.
void in_namespace(const std::string& name, const std::function<void()>& work);

}  // namespace turnpike::bench
