// What most files include anyway, read once per library where that saves time. Every file still names what it uses:
// one of the builds of ./check does without.
#include <boost/system/result.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>
