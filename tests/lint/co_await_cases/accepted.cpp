// Ways of saying the same that are fine: none of these lines may be flagged.
#include "task.hpp"

Task<int> by_value(Options);
Task<int> by_reference(const Options&);
Task<int> takes_owner(Owner);
Task<int> takes_point(Point);
Task<int> takes_text(std::string);
Task<int> with_number(int, int more = 3);
Task<Owner> owner();
template <class F>
Task<int> call(F) { co_return 0; }
Options make_options();

Task<int> named(Owner given) {
  Options options{given, 1};
  co_await by_reference(options);
  co_await by_value(std::move(options));
  auto operation = by_value(Options{given, 1});
  co_await operation;
  co_await by_value(make_options());
  co_return 0;
}

Task<int> constructors() {
  co_await takes_owner(Owner("a"));
  co_await takes_text("text");
  co_await takes_text(std::string("a") + "b");
  co_return 0;
}

Task<int> trivial(bool is_first) {
  co_await takes_point(Point{1, 2});
  co_await takes_point({.x = 1});
  co_await with_number(is_first ? 1 : 2);
  co_await call([is_first] { return is_first ? 1 : 2; });
  int number = is_first ? co_await with_number(1) : co_await with_number(2);
  co_return number;
}

Task<int> separate(bool is_first) {
  Owner chosen;
  if (is_first) {
    chosen = co_await owner();
  }
  auto seen = co_await owner();
  if (!is_first) {
    throw std::pair<int, Owner>(1, seen);
  }
  co_return 0;
}
