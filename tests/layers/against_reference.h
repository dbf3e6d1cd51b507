// The registry's cases on a backend, compared with the reference.
#pragma once
#include <functional>

#include "layers/run_case.h"

namespace impasto {

/// f for every case that is not only timed, its name captured for doctest.
void for_cases(const std::function<void(const LayerCases&, const Case&)>& f);

/// Every case on `backend`, whose fresh tensors hold NaN and whose overruns are counted, against the reference; of whole numbers only those
/// that are exact on them. bound 0: the same bits. Layers whose primitives the backend lacks are counted and named.
void check_against_reference(Backend& backend, const CaseNumbers& numbers, double bound);

}  // namespace impasto
