// The only file that compiles the stb implementations.
#include "loaders/stb.h"

#include <cstring>

namespace {

thread_local std::size_t largest_block = 0;
thread_local bool refused_by_system = false;

// Zeroed, because a damaged JPEG leaves parts of the planes unwritten and the result must be the same on every run.
void* bounded_malloc(std::size_t bytes) {
  if (bytes > largest_block) return nullptr;
  void* block = std::calloc(1, bytes);
  if (!block) refused_by_system = true;
  return block;
}

void* bounded_realloc(void* old, std::size_t bytes) {
  if (bytes > largest_block) return nullptr;
  void* block = std::realloc(old, bytes);
  if (!block) refused_by_system = true;
  return block;
}

}  // namespace

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wsign-compare"
#endif
#define STBI_MALLOC(bytes) bounded_malloc(bytes)
#define STBI_REALLOC(block, bytes) bounded_realloc(block, bytes)
#define STBI_FREE(block) std::free(block)
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS 65535
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#include <stb/stb_image.h>
#define STBI_WRITE_NO_STDIO
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_image_write.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace impasto {

Decoded decode_with_stb(Bytes file, int bits, std::size_t largest) {
  largest_block = largest;
  refused_by_system = false;
  Decoded out;
  const int length = static_cast<int>(file.size());
  if (bits == 16)
    out.pixels.reset(stbi_load_16_from_memory(file.data(), length, &out.width, &out.height, &out.channels, 0));
  else
    out.pixels.reset(stbi_load_from_memory(file.data(), length, &out.width, &out.height, &out.channels, 0));
  if (!out.pixels) {
    const char* reason = stbi_failure_reason();
    out.out_of_memory = refused_by_system;
    out.problem = !reason || std::strcmp(reason, "outofmem") == 0 ? "more data than the header promises" : reason;
  }
  return out;
}

std::vector<std::uint8_t> encode_jpeg_with_stb(const std::uint8_t* rgb, int width, int height, int quality) {
  std::vector<std::uint8_t> file;
  const auto append = [](void* context, void* data, int size) {
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    auto* out = static_cast<std::vector<std::uint8_t>*>(context);
    out->insert(out->end(), bytes, bytes + size);
  };
  if (!stbi_write_jpg_to_func(append, &file, width, height, 3, rgb, quality)) file.clear();
  return file;
}

}  // namespace impasto
