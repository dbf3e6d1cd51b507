#include "loaders/batch_loader.h"

#include <omp.h>

#include <algorithm>
#include <chrono>

#include "engine/error.h"
#include "loaders/training_order.h"

namespace impasto {
namespace {

constexpr size_t kept_orders = 2;  // threads may be at work on both sides of an epoch's end

void check(const BatchSettings& settings, int64_t position) {
  const auto positive = [](int value, const char* name) {
    if (value < 1) throw UsageError(std::string("batches need a ") + name + " of at least 1, not " + std::to_string(value));
  };
  positive(settings.batch, "batch size");
  positive(settings.threads, "number of threads");
  positive(settings.queue, "queue");
  if (position < 0) throw UsageError("training cannot begin at position " + std::to_string(position) + "; the first sample is 0");
}

/// FileError begins with the name, which is told apart.
std::string without_name(const std::string& message, const std::string& name) {
  return message.starts_with(name + ": ") ? message.substr(name.size() + 2) : message;
}

}  // namespace

BatchLoader::BatchLoader(std::shared_ptr<const SampleSet> samples, BatchSettings settings, int64_t position)
    : samples(std::move(samples)), settings(settings), delivered(position), claimed(position) {
  check(settings, position);
  if (this->samples->size() < 1) throw Error("there are no pictures to train on");
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
  for (const auto& [i, reason] : reasons) all.push_back({samples->name(i), reason});
  return all;
}

void BatchLoader::work() {
  omp_set_num_threads(1);  // one sample a thread: decoding and resizing are not to divide it again
  const size_t values = samples->numbers();
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
      fill(position, mine.batch.values.data() + slot * values);
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
  const int64_t count = samples->size();
  const auto order = order_of(position / count);
  std::string reason;
  for (int64_t tried = 0; tried < count; ++tried) {
    const int64_t i = (*order)[static_cast<size_t>((position + tried) % count)];
    try {
      return samples->write(i, position, out);
    } catch (const FileError& error) {
      reason = without_name(error.what(), samples->name(i));
    }
    const std::lock_guard lock(mutex);
    reasons.emplace(i, reason);
  }
  throw Error("none of the " + std::to_string(count) + " pictures can be used; the last one, " +
              samples->name((*order)[static_cast<size_t>((position + count - 1) % count)]) + ": " + reason);
}

std::shared_ptr<const std::vector<int64_t>> BatchLoader::order_of(int64_t epoch) {
  const std::lock_guard lock(mutex);
  if (const auto known = orders.find(epoch); known != orders.end()) return known->second;
  const auto order = std::make_shared<const std::vector<int64_t>>(epoch_order(settings.seed, epoch, samples->size()));
  orders.emplace(epoch, order);
  if (orders.size() > kept_orders) orders.erase(orders.begin());
  return order;
}

}  // namespace impasto
