// Memory of the GPU. All work goes to one stream, so a block that is given back may be handed out at once: what still reads it comes first.
#pragma once
#include <memory>
#include <string>

#include "engine/pool.h"
#include "kernels/cuda/device.h"
#include "kernels/cuda/reservations.h"

namespace impasto {

class CudaPool final : public Pool {
 public:
  /// Tensors hold the pool, and the pool the device: the stream lives as long as any of them.
  explicit CudaPool(std::shared_ptr<CudaDevice> device);
  ~CudaPool() override { trim(); }

 private:
  void* system_allocate(size_t bytes) override;
  void system_release(void* block, size_t bytes, bool large) noexcept override;
  std::string shortage(size_t bytes, size_t live) const override;
  void fill_bytes(void* block, unsigned char byte, size_t count) override;
  bool all_bytes(const void* block, unsigned char byte, size_t count) const override;

  std::shared_ptr<CudaDevice> device_;
  Reservations large_;
};

}  // namespace impasto
