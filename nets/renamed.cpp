#include "nets/renamed.h"

#include "engine/error.h"

namespace impasto {

NamedArrays renamed(NamedArrays theirs, const Renaming& names, const std::string& network) {
  constexpr int told = 8;
  NamedArrays ours;
  std::string wrong;
  int unfit = 0;
  const auto complain = [&](const std::string& what) {
    if (++unfit <= told) wrong += (unfit == 1 ? "" : "; ") + what;
  };
  for (const auto& [from, to] : names) {
    auto found = theirs.extract(from);
    if (found.empty())
      complain(from + " is missing");
    else
      ours[to] = std::move(found.mapped());
  }
  for (const auto& [name, array] : theirs) complain(name + " is not one of its parameters");
  if (unfit != 0)
    throw ShapeError("is not " + network + ", " + std::to_string(unfit) + " names do not fit: " + wrong +
                     (unfit > told ? "; and more" : ""));
  return ours;
}

}  // namespace impasto
