// Where this library lies.
#pragma once
#include <string>

namespace impasto {

/// The folder of libimpasto_engine.so, beside which libraries lie that are opened at run time.
std::string engine_folder();

}  // namespace impasto
