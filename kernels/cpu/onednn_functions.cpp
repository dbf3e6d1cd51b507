#include "kernels/cpu/onednn_functions.h"

#include <dlfcn.h>

#include <string>

#include "engine/error.h"

#define IMPASTO_TEXT(x) #x
#define IMPASTO_TEXT_OF(x) IMPASTO_TEXT(x)

namespace impasto {
namespace {

// By its name where the system looks for libraries, then where it was when this was compiled.
constexpr const char* kName = "libdnnl.so." IMPASTO_TEXT_OF(DNNL_VERSION_MAJOR);
constexpr const char* kPlace = IMPASTO_ONEDNN_LIBRARY;

void* open_library() {
  for (const char* file : {kName, kPlace})
    if (void* library = dlopen(file, RTLD_NOW | RTLD_LOCAL)) return library;
  throw Error(std::string("this convolution needs oneDNN, and neither ") + kName + " nor " + kPlace + " is there: install Debian's libdnnl" +
              IMPASTO_TEXT_OF(DNNL_VERSION_MAJOR));
}

}  // namespace

void* onednn_function(const char* name) {
  static void* const library = open_library();
  if (void* function = dlsym(library, name)) return function;
  throw Error(std::string(kName) + " has no " + name + ": compile impasto again with the oneDNN that is installed");
}

}  // namespace impasto
