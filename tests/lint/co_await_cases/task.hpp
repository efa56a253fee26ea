#pragma once

#include <coroutine>
#include <exception>
#include <string>
#include <utility>

/// The least coroutine type that the examples need. They are read by clang-query, never run.
template <class T>
struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void unhandled_exception() { std::terminate(); }
    void return_value(T) {}
  };
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  T await_resume() { return T{}; }
};

struct Owner {
  Owner() = default;
  explicit Owner(const char*) {}
  ~Owner() {}
  Owner(const Owner&) {}
  Owner& operator=(const Owner&) = default;
};

/// An aggregate with a destructor that matters.
struct Options {
  Owner name;
  int number = 0;
};

/// An aggregate without one.
struct Point {
  int x = 0, y = 0;
};
