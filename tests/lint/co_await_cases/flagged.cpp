// Every line with a rule's name at its end must be found by co_await.query; no other may be.
#include "task.hpp"

Task<int> by_value(Options);
Task<int> by_reference(const Options&);
Task<int> with_default(int, Options options = {});  // R1_aggregate_in_braces
Task<Owner> owner();
Task<int> takes_owner(Owner);
template <class F>
Task<int> call(F) { co_return 0; }

Task<int> braces(Owner given) {
  co_await by_value(Options{given, 1});  // R1_aggregate_in_braces
  co_await by_reference({given, 2});  // R1_aggregate_in_braces
  int sum = 1 + co_await by_value(Options{.name = given});  // R1_aggregate_in_braces
  Options made{co_await owner(), 1};  // R1_co_await_within_braces
  co_return sum + made.number;
}

Task<int> lambdas(Owner given) {
  co_await call([given] { return 1; });  // R1_lambda_with_captures
  co_await call([mine = Owner("a")]() -> Task<int> { co_return 1; });  // R1_lambda_with_captures
  co_return 0;
}

Task<int> conditionals(bool is_first, Owner given) {
  Owner chosen = is_first ? co_await owner() : co_await owner();  // R1_conditional_of_class_type
  co_await takes_owner(is_first ? Owner("x") : given);  // R1_conditional_of_class_type
  co_return 0;
}

Task<int> throws() {
  throw std::pair<int, Owner>(1, co_await owner());  // R1_co_await_within_throw
  co_return 0;
}

Task<int> defaults() {
  co_await with_default(1);  // R4_default_argument
  co_return 0;
}
