// What the compiler was allowed to use, as a constant: nothing here runs.
#include "kernels/cpu/processor_features.h"

// A macro that is defined reads "1", another one its own name.
#define IMPASTO_TEXT(x) #x
#define IMPASTO_IS_ON(macro, name, shown) (IMPASTO_TEXT(macro)[0] == '1'),

namespace impasto {

constinit const CompiledFor compiled_for{IMPASTO_ARCHITECTURE, {IMPASTO_PROCESSOR_FEATURES(IMPASTO_IS_ON)}};

}  // namespace impasto
