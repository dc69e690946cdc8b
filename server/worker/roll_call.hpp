// SPDX-License-Identifier: BSD-3-Clause
//
// Questions that every worker answers for itself, and whose answers belong together. A worker that
// does not answer holds nobody up for longer than `patience`. Used by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "protocol/time.hpp"

namespace turnpike::worker {

template <typename Answer>
class RollCall {
public:
    // With how many have not answered.
    using Handler = std::function<void(std::vector<Answer>, std::size_t silent)>;
    static constexpr std::chrono::seconds patience{3};

    // To be answered under the number that this yields, so many times. None at all: at once.
    std::uint64_t begin(std::size_t answers, Handler handler, protocol::TimePoint now) {
        if (answers == 0) {
            handler({}, 0);
            return 0;
        }
        open_.emplace(++last_, Question{.handler = std::move(handler),
                                        .answers = {},
                                        .awaited = answers,
                                        .until = now + patience});
        return last_;
    }
    void answer(std::uint64_t number, Answer answer) {
        const auto question = open_.find(number);
        if (question == open_.end()) return;  // too late
        question->second.answers.push_back(std::move(answer));
        if (question->second.answers.size() == question->second.awaited) close(question);
    }
    // To be called now and then.
    void on_time(protocol::TimePoint now) {
        for (auto question = open_.begin(); question != open_.end();) {
            const auto next = std::next(question);
            if (now >= question->second.until) close(question);
            question = next;
        }
    }
    [[nodiscard]] std::size_t size() const noexcept { return open_.size(); }

private:
    struct Question {
        Handler handler;
        std::vector<Answer> answers;
        std::size_t awaited = 0;
        protocol::TimePoint until{};
    };
    using Open = std::map<std::uint64_t, Question>;

    void close(typename Open::iterator question) {
        const Question closed = std::move(question->second);
        open_.erase(question);
        closed.handler(closed.answers, closed.awaited - closed.answers.size());
    }

    std::uint64_t last_ = 0;
    Open open_;
};

}  // namespace turnpike::worker
