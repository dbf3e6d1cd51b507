// The transforms of any scheme (winograd_scheme.h), vectorised over the L channel lanes; the compiler sees the matrices and leaves out
// products by 0 and 1. Element e of a tile is kept `stride` floats from element e + 1.
#pragma once
#include <algorithm>
#include <array>
#include <utility>

#include "kernels/cpu/vector.h"
#include "kernels/cpu/winograd_scheme.h"

namespace impasto::winograd {
using namespace vectors;

/// terms[j] d(j), summed. Terms is a type: g++ 12 takes arrays as template arguments for one another that differ in where zeros stand.
template <class Terms, int L, class Load>
[[gnu::always_inline]] inline Vector<L> weighted(const Load& d) {
  constexpr auto terms = Terms::value();
  constexpr int n = int(terms.size());
  constexpr int first = int(std::find_if(terms.begin(), terms.end(), [](float term) { return term != 0; }) - terms.begin());
  if constexpr (first == n) {
    return {};
  } else {
    Vector<L> sum = terms[first] == 1 ? d(first) : terms[first] * d(first);
    const auto add = [&]<int j>() __attribute__((always_inline)) {
      if constexpr (j > first && terms[j] == 1) {
        sum += d(j);
      } else if constexpr (j > first && terms[j] == -1) {
        sum -= d(j);
      } else if constexpr (j > first && terms[j] != 0) {
        sum += terms[j] * d(j);
      }
    };
    [&]<int... j>(std::integer_sequence<int, j...>) __attribute__((always_inline)) { (add.template operator()<j>(), ...); }
    (std::make_integer_sequence<int, n>());
    return sum;
  }
}

/// Row i of M, or of it what row i + 1 has alike, or what that has with the sign turned.
enum class Part { all, alike, turned };
template <class M, int i, Part part>
struct RowTerms {
  static constexpr std::array<float, M::columns> value() {
    std::array<float, M::columns> terms{};
    for (int j = 0; j < M::columns; j++) {
      const double a = M::at(i, j), b = part == Part::all ? a : M::at(i + 1, j);
      terms[j] = a == (part == Part::turned ? -b : b) ? float(a) : 0.0f;
    }
    return terms;
  }
};

/// Whether rows i and i + 1 are the sum and the difference of two halves: points p and -p.
template <class M, int i>
constexpr bool paired_rows() {
  if (i + 1 >= M::rows) return false;
  bool alike = false, turned = false;
  for (int j = 0; j < M::columns; j++) {
    const double a = M::at(i, j), b = i + 1 < M::rows ? M::at(i + 1, j) : 0;
    if (a != b && a != -b) return false;
    if (a != 0) (a == b ? alike : turned) = true;
  }
  return alike && turned;
}

/// Visits the rows of M, pairs of them together: visit.operator()<i, count>().
template <class M, int i = 0, class Visit>
[[gnu::always_inline]] inline void for_row_groups(const Visit& visit) {
  if constexpr (i < M::rows) {
    constexpr int count = paired_rows<M, i>() ? 2 : 1;
    visit.template operator()<i, count>();
    for_row_groups<M, i + count>(visit);
  }
}

/// (M d)(i), and (M d)(i + 1) if they are a pair.
template <class M, int i, int count, int L, class Load>
[[gnu::always_inline]] inline void row_group(const Load& d, Vector<L>* out, int pitch) {
  if constexpr (count == 2) {
    const Vector<L> alike = weighted<RowTerms<M, i, Part::alike>, L>(d), turned = weighted<RowTerms<M, i, Part::turned>, L>(d);
    out[0] = alike + turned;
    out[pitch] = alike - turned;
  } else {
    out[0] = weighted<RowTerms<M, i, Part::all>, L>(d);
  }
}

/// M D M' of the square D whose element (i, j) is d(i, j); element (i, j) of the result goes to out + (i rows + j) stride. Windows are read
/// again for each pair of rows: cheaper than keeping all of them.
template <class M, int L, class Load>
[[gnu::always_inline]] inline void transform_by_rows(const Load& d, float* out, std::size_t stride) {
  constexpr int n = M::columns;
  for_row_groups<M>([&]<int i, int count>() __attribute__((always_inline)) {
    Vector<L> lines[2][n];
#pragma GCC unroll 8
    for (int j = 0; j < n; j++)
      row_group<M, i, count, L>(
          [&](int row) __attribute__((always_inline)) { return d(row, j); }, &lines[0][j], n);
#pragma GCC unroll 2
    for (int k = 0; k < count; k++) {
      const Vector<L>* line = lines[k];
      float* to = out + (i + k) * M::rows * stride;
      for_row_groups<M>([&]<int j, int both>() __attribute__((always_inline)) {
        Vector<L> result[2];
        row_group<M, j, both, L>(
            [&](int at) __attribute__((always_inline)) { return line[at]; }, result, 1);
        store<L>(to + j * stride, result[0]);
        if constexpr (both == 2) store<L>(to + (j + 1) * stride, result[1]);
      });
    }
  });
}

/// Whether columns j and j + 1 differ in signs only: the rows then need their sum or their difference.
template <class M>
constexpr bool paired_columns(int j) {
  if (j < 0 || j + 1 >= M::columns) return false;
  bool alike = false, turned = false;
  for (int i = 0; i < M::rows; i++) {
    const double a = M::at(i, j), b = M::at(i, j + 1);
    if (a != b && a != -b) return false;
    if (a != 0) (a == b ? alike : turned) = true;
  }
  return alike && turned;
}
/// Pairs are taken from the left.
template <class M>
constexpr bool opens_pair(int j) {
  return paired_columns<M>(j) && !(j > 0 && opens_pair<M>(j - 1));
}

/// Row i of M in terms of sums (at j) and differences (at j + 1) of paired columns.
template <class M, int i>
struct PairedTerms {
  static constexpr std::array<float, M::columns> value() {
    std::array<float, M::columns> terms{};
    for (int j = 0; j < M::columns; j++) {
      if (opens_pair<M>(j)) {
        terms[M::at(i, j) == M::at(i, j + 1) ? j : j + 1] = float(M::at(i, j));
        j++;
      } else {
        terms[j] = float(M::at(i, j));
      }
    }
    return terms;
  }
};

/// M d, where d is overwritten by sums and differences; put.operator()<i>(value).
template <class M, int L, class Put>
[[gnu::always_inline]] inline void transform_by_columns(Vector<L>* d, const Put& put) {
  [&]<int... j>(std::integer_sequence<int, j...>) __attribute__((always_inline)) {
    const auto pair = [&]<int at>() __attribute__((always_inline)) {
      if constexpr (opens_pair<M>(at)) {
        const Vector<L> sum = d[at] + d[at + 1];
        d[at + 1] = d[at] - d[at + 1];
        d[at] = sum;
      }
    };
    (pair.template operator()<j>(), ...);
  }
  (std::make_integer_sequence<int, M::columns>());
  [&]<int... i>(std::integer_sequence<int, i...>) __attribute__((always_inline)) {
    (put.template operator()<i>(weighted<PairedTerms<M, i>, L>([&](int j) __attribute__((always_inline)) { return d[j]; })), ...);
  }
  (std::make_integer_sequence<int, M::rows>());
}

/// Element (i, j) of the square whose lines begin at line[i].
template <int L>
struct Lines {
  const float* const* line;

  [[gnu::always_inline]] Vector<L> operator()(int i, int j) const {
    Vector<L> v;
    load<L>(v, line[i] + j * L);
    return v;
  }
};

/// B' d B of the window whose lines begin at line[i].
template <class S, int L>
[[gnu::always_inline]] inline void transform_input(const float* const* line, float* out, std::size_t stride) {
  transform_by_rows<InputMatrix<S>, L>(Lines<L>{line}, out, stride);
}

/// A dy A' of the tile of dy whose lines begin at line[i].
template <class S, int L>
[[gnu::always_inline]] inline void transform_output_gradient(const float* const* line, float* out, std::size_t stride) {
  transform_by_rows<OutputGradientMatrix<S>, L>(Lines<L>{line}, out, stride);
}

/// A' m A of the products at m; put(i, j, v) receives the outputs.
template <class S, int L, class Put>
[[gnu::always_inline]] inline void transform_output(const float* m, std::size_t stride, const Put& put) {
  using A = OutputMatrix<S>;
  Vector<L> half[S::out][S::side];
#pragma GCC unroll 8
  for (int j = 0; j < S::side; j++) {
    Vector<L> column[S::side];
#pragma GCC unroll 8
    for (int i = 0; i < S::side; i++) load<L>(column[i], m + (i * S::side + j) * stride);
    transform_by_columns<A, L>(
        column, [&]<int i>(const Vector<L>& v) __attribute__((always_inline)) { half[i][j] = v; });
  }
#pragma GCC unroll 6
  for (int i = 0; i < S::out; i++)
    transform_by_columns<A, L>(
        half[i], [&]<int j>(const Vector<L>& v) __attribute__((always_inline)) { put(i, j, v); });
}

}  // namespace impasto::winograd
