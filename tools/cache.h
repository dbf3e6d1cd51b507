// Where networks are: the cache, the folder for what is fetched once (weights, and the quickstart's photograph), and the folder of those that
// come with the program.
#pragma once
#include <string>

namespace impasto {

/// $IMPASTO_CACHE, else $XDG_CACHE_HOME/impasto, else ~/.cache/impasto; it need not exist. Throws Error if none of them is set.
std::string cache_folder();

/// Where `impasto weights get vgg16` puts them.
std::string cached_weights(const std::string& name);

/// Networks that come with the program: share/impasto of an installed one, weights of the source tree it was built in; "" if there are none.
std::string shipped_folder();

/// The file of a network by its name: in the cache, else of those that come with the program; "" if there is none.
std::string network_file(const std::string& name);
/// What a user named: a file that there is, else network_file(), else where the cache would have it.
std::string file_or_network(const std::string& text);

}  // namespace impasto
