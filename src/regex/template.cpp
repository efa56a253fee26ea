#include "regex/template.hpp"

#include "regex/characters.hpp"

#include <algorithm>

namespace imapferry::regex {

namespace {

using Kind = Template::Kind;

void render_parts(const Template& source, const Filling& filling, std::string& out) {
  for (const Template& part : source.parts) render(part, filling, out);
}

void quote_from(std::size_t begin, std::string& text) {
  std::string quoted;
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (!is_word(text[i])) quoted += '\\';
    quoted += text[i];
  }
  text.replace(begin, std::string::npos, quoted);
}

/// Perl's truth of a text.
bool is_true(const std::string& text) { return !text.empty() && text != "0"; }

void render_choice(const Template& source, const Filling& filling, std::string& out) {
  std::string condition;
  render(source.parts[0], filling, condition);
  render(source.parts[is_true(condition) ? 1 : 2], filling, out);
}

}  // namespace

void render(const Template& source, const Filling& filling, std::string& out) {
  const std::size_t begin = out.size();
  const auto changed_from = [&](auto change) {
    render_parts(source, filling, out);
    std::transform(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
                   out.begin() + static_cast<std::ptrdiff_t>(begin), change);
  };
  switch (source.kind) {
  case Kind::text: out += source.text; break;
  case Kind::group: out += filling.match->text_of(source.group, filling.text); break;
  case Kind::before: out += filling.text.substr(0, filling.match->whole().begin); break;
  case Kind::after: out += filling.text.substr(filling.match->whole().end); break;
  case Kind::sequence: render_parts(source, filling, out); break;
  case Kind::upper: changed_from(to_upper); break;
  case Kind::lower: changed_from(to_lower); break;
  case Kind::upper_first:
    render_parts(source, filling, out);
    if (out.size() > begin) out[begin] = to_upper(out[begin]);
    break;
  case Kind::lower_first:
    render_parts(source, filling, out);
    if (out.size() > begin) out[begin] = to_lower(out[begin]);
    break;
  case Kind::quoted:
    render_parts(source, filling, out);
    quote_from(begin, out);
    break;
  case Kind::is_defined:
    if (filling.match->has(source.group)) out += '1';
    break;
  case Kind::choice: render_choice(source, filling, out); break;
  }
}

Template literal_replacement(std::string_view text) {
  Template result{Kind::text, {}, 0, {}};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '\\') ++i;
    result.text += text[i];
  }
  return result;
}

}  // namespace imapferry::regex
