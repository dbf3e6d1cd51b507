// Photos painted one by one: what all ways of painting have in common. A way reads its networks and says how it paints.
#pragma once
#include <memory>

#include "tools/photo_run.h"
#include "tools/stylize_options.h"

namespace impasto {

class PhotoPainter {
 public:
  virtual ~PhotoPainter() = default;

  /// Reads, paints and writes one photo (PhotoWork).
  void operator()(DonePhoto& done) const;

  /// Of one picture: what its first, large layers have held is not kept for a next one. A GPU would have to stop for each block given
  /// back.
  void paint_only_one();

  RunFacts facts() const { return {backend_name_, precision_, "paint", of_all()}; }

 protected:
  /// options: must outlive this. Throws as chosen_backend and chosen_precision.
  explicit PhotoPainter(const StylizeOptions& options);
  /// To be called when what can be wrong with networks has been found.
  Backend& start_backend();

  /// The whole painting, and what is to be said of it. Below least_pixels() memory is not asked for: what is needed is small, and asking
  /// would take longer than it is worth.
  virtual Picture painted(const Picture& photo, DonePhoto& done) const = 0;
  virtual size_t memory(int width, int height) const = 0;  // bytes of tensors
  virtual int64_t least_pixels() const = 0;
  virtual Json of_all() const = 0;

  const StylizeOptions& options_;

 private:
  void check_memory_for(int width, int height) const;
  Picture photo_to_paint(const std::string& path) const;

  std::string backend_name_;
  Precision precision_;
  std::unique_ptr<Backend> backend_;
};

/// By AdaIN, in the style of options.adain's paintings. Throws as the readers of pictures and networks do.
std::unique_ptr<PhotoPainter> make_adain_painter(const StylizeOptions& options);

}  // namespace impasto
