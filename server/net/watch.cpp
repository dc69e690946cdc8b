// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/watch.hpp"

#include <utility>

#include <boost/asio/posix/stream_descriptor.hpp>

namespace turnpike::net {

namespace {

// Smaller than with an executor of any kind, which would also stand in whatever waits.
using Descriptor =
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

}  // namespace

struct Watch::State {
    Descriptor descriptor;
    Callback readable{};
    Callback writable{};
    bool reading = false;       // wanted
    bool read_pending = false;  // asked of Asio
    bool write_pending = false;
};

Watch::Watch(boost::asio::io_context& context, FileDescriptor descriptor)
    : state_{std::make_shared<State>(State{.descriptor = Descriptor{context}})} {
    boost::system::error_code error;
    state_->descriptor.assign(descriptor.get(), error);
    if (!error) (void)descriptor.release();
}

Watch::operator bool() const noexcept {
    return state_->descriptor.is_open();
}

Watch::~Watch() {
    state_->reading = false;
    boost::system::error_code ignored;
    state_->descriptor.close(ignored);
}

int Watch::descriptor() const noexcept {
    return state_->descriptor.native_handle();
}

FileDescriptor Watch::release() noexcept {
    state_->reading = false;
    return FileDescriptor{state_->descriptor.release()};
}

void Watch::on_readable(Callback callback) {
    state_->readable = std::move(callback);
    resume_reading();
}

void Watch::on_writable(Callback callback) {
    state_->writable = std::move(callback);
}

void Watch::resume_reading() {
    state_->reading = true;
    if (!state_->read_pending) wait_read(state_);
}

void Watch::pause_reading() noexcept {
    state_->reading = false;
}

void Watch::wait_read(const std::shared_ptr<State>& state) {
    state->read_pending = true;
    state->descriptor.async_wait(Descriptor::wait_read,
                                 [state](const boost::system::error_code& error) {
                                     state->read_pending = false;
                                     if (error || !state->reading) return;
                                     state->readable();
                                     if (state->reading && !state->read_pending) wait_read(state);
                                 });
}

void Watch::wait_writable() {
    if (state_->write_pending) return;
    state_->write_pending = true;
    state_->descriptor.async_wait(Descriptor::wait_write,
                                  [state = state_](const boost::system::error_code& error) {
                                      state->write_pending = false;
                                      if (error || !state->descriptor.is_open()) return;
                                      state->writable();
                                  });
}

}  // namespace turnpike::net
