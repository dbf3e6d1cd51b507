#include "tools/photo_painter.h"

#include <algorithm>
#include <cmath>

#include "loaders/resize.h"
#include "tools/prepare.h"

namespace impasto {

PhotoPainter::PhotoPainter(const StylizeOptions& options)
    : options_(options),
      backend_name_(chosen_backend(options.backend.name)),
      precision_(chosen_precision(options.precision, backend_name_)) {}

Backend& PhotoPainter::start_backend() {
  backend_ = make_backend(backend_name_, precision_, options_.backend);
  return *backend_;
}

void PhotoPainter::paint_only_one() {
  if (backend_name_ != "cuda") backend_->pool()->limit_idle(size_t(32) << 20);
}

// Beside the tensors: the resized photo, the painted picture and the median's or the encoder's copy. A device says itself what it lacks.
void PhotoPainter::check_memory_for(int width, int height) const {
  const int64_t pixels = int64_t(width) * height;
  if (backend_name_ == "cuda" || pixels < least_pixels()) return;
  check_memory(memory(width, height) + size_t(pixels) * 9 * sizeof(float), width, height);
}

Picture PhotoPainter::photo_to_paint(const std::string& path) const {
  Picture photo = read_picture(path);
  const std::optional<int> longest = options_.size;
  const double scale = longest ? double(*longest) / std::max(photo.width, photo.height) : 1;
  check_memory_for(int(std::lround(photo.width * scale)), int(std::lround(photo.height * scale)));
  return longest ? resize_longest(photo, *longest) : photo;
}

void PhotoPainter::operator()(DonePhoto& done) const {
  Lap lap;
  const Picture photo = photo_to_paint(done.job.photo);
  done.width = photo.width;
  done.height = photo.height;
  done.read_seconds = lap();
  const Picture picture = painted(photo, done);
  done.work_seconds = lap();
  write_picture(done.job.out, picture, {.quality = options_.quality});
  done.write_seconds = lap();
}

}  // namespace impasto
