#include "loaders/batch_loader.h"

#include <omp.h>

#include <algorithm>
#include <chrono>

#include "engine/error.h"
#include "loaders/crop.h"
#include "loaders/training_order.h"

namespace impasto {
namespace {

constexpr int far_too_small = 4;   // times smaller than the square
constexpr size_t kept_orders = 2;  // threads may be at work on both sides of an epoch's end

void check(const BatchSettings& settings, int64_t position) {
  const auto positive = [](int value, const char* name) {
    if (value < 1) throw UsageError(std::string("batches need a ") + name + " of at least 1, not " + std::to_string(value));
  };
  positive(settings.size, "size");
  positive(settings.batch, "batch size");
  positive(settings.threads, "number of threads");
  positive(settings.queue, "queue");
  if (position < 0) throw UsageError("training cannot begin at position " + std::to_string(position) + "; the first picture is 0");
}

bool finite(const std::vector<float>& values) {
  float sum = 0;
  for (const float value : values) sum += value * 0;  // NaN stays; unlike an early exit this vectorises
  return sum == 0;
}

/// FileError begins with the name, which is told apart.
std::string without_name(const std::string& message, const std::string& name) {
  return message.starts_with(name + ": ") ? message.substr(name.size() + 2) : message;
}

}  // namespace

BatchLoader::BatchLoader(std::shared_ptr<const PictureSet> pictures, BatchSettings settings, int64_t position)
    : pictures(std::move(pictures)), settings(settings), delivered(position), claimed(position) {
  check(settings, position);
  if (this->pictures->size() < 1) throw Error("there are no pictures to train on");
  try {
    for (int i = 0; i < settings.threads; ++i) threads.emplace_back([this] { work(); });
  } catch (...) {  // the system has no more threads
    stop();
    throw;
  }
}

BatchLoader::~BatchLoader() { stop(); }

void BatchLoader::stop() {
  {
    const std::lock_guard lock(mutex);
    stopped = true;
  }
  room.notify_all();
  for (std::thread& thread : threads) thread.join();
}

BatchLoader::Batch BatchLoader::next() {
  std::unique_lock lock(mutex);
  const auto begin = std::chrono::steady_clock::now();
  ready.wait(lock, [&] { return !pending.empty() && (pending.front().missing == 0 || pending.front().problem); });
  seconds_waited += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (pending.front().problem) std::rethrow_exception(pending.front().problem);
  Batch batch = std::move(pending.front().batch);
  pending.pop_front();
  delivered = batch.position;
  lock.unlock();
  room.notify_all();
  return batch;
}

double BatchLoader::waited() const {
  const std::lock_guard lock(mutex);
  return seconds_waited;
}

std::vector<Broken> BatchLoader::broken() const {
  const std::lock_guard lock(mutex);
  std::vector<Broken> all;
  for (const auto& [i, reason] : reasons) all.push_back({pictures->name(i), reason});
  return all;
}

void BatchLoader::work() {
  omp_set_num_threads(1);  // one picture a thread: decoding and resizing are not to divide it again
  const size_t values = size_t{3} * static_cast<size_t>(settings.size) * static_cast<size_t>(settings.size);
  const int64_t most_ahead = int64_t{settings.queue} * settings.batch;
  std::unique_lock lock(mutex);
  for (;;) {
    room.wait(lock, [&] { return stopped || claimed - delivered < most_ahead; });
    if (stopped) return;
    const int64_t position = claimed++;
    const auto batch = static_cast<size_t>((position - delivered) / settings.batch),
               slot = static_cast<size_t>((position - delivered) % settings.batch);
    if (slot == 0)
      pending.push_back(
          {{std::vector<float>(values * static_cast<size_t>(settings.batch)), position + settings.batch}, settings.batch, {}});
    Pending& mine = pending[batch];  // stays where it is: batches come at the back and go at the front, and this one is not yet whole
    lock.unlock();
    std::exception_ptr problem;
    try {
      fill(position, mine.batch.rgb.data() + slot * values);
    } catch (...) {
      problem = std::current_exception();
    }
    lock.lock();
    --mine.missing;
    if (problem) mine.problem = problem;
    if (problem || mine.missing == 0) ready.notify_all();
    if (problem) return;
  }
}

void BatchLoader::fill(int64_t position, float* out) {
  const int64_t count = pictures->size();
  const int least_side = static_cast<int>(settings.augment ? most_scaled * settings.size : settings.size);
  const auto order = order_of(position / count);
  std::string reason;
  for (int64_t tried = 0; tried < count; ++tried) {
    const int64_t i = (*order)[static_cast<size_t>((position + tried) % count)];
    try {
      const Picture picture = pictures->read(i, least_side);
      reason = flaw(picture);
      if (reason.empty()) return cut(picture, settings.augment ? random_crop(settings.seed, position) : Crop{}, settings.size, out);
    } catch (const FileError& error) {
      reason = without_name(error.what(), pictures->name(i));
    }
    const std::lock_guard lock(mutex);
    reasons.emplace(i, reason);
  }
  throw Error("none of the " + std::to_string(count) + " pictures can be used; the last one, " +
              pictures->name((*order)[static_cast<size_t>((position + count - 1) % count)]) + ": " + reason);
}

std::string BatchLoader::flaw(const Picture& picture) const {
  if (std::min(picture.width, picture.height) * far_too_small < settings.size)
    return std::to_string(picture.width) + "x" + std::to_string(picture.height) + " pixels are far too few for squares of " +
           std::to_string(settings.size);
  return finite(picture.rgb) ? "" : "it has values that are NaN or infinite";
}

std::shared_ptr<const std::vector<int64_t>> BatchLoader::order_of(int64_t epoch) {
  const std::lock_guard lock(mutex);
  if (const auto known = orders.find(epoch); known != orders.end()) return known->second;
  const auto order = std::make_shared<const std::vector<int64_t>>(epoch_order(settings.seed, epoch, pictures->size()));
  orders.emplace(epoch, order);
  if (orders.size() > kept_orders) orders.erase(orders.begin());
  return order;
}

}  // namespace impasto
