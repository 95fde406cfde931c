// A few threads that share out numbered tasks. Which thread takes a task never changes its result.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace thaw {

class Threads {
 public:
  // As many as TensorFlow takes for one operation.
  static Threads& Shared() {
    // Never destroyed: its threads may outlive static objects at the end of the process.
    static Threads* threads = new Threads(Wanted());
    return *threads;
  }

  int count() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls task(0) ... task(count - 1), and returns when all are done.
  void ForEach(int64_t count, const std::function<void(int64_t)>& task) {
    std::lock_guard<std::mutex> turn(turn_);
    if (workers_.empty() || count <= 1) {
      for (int64_t index = 0; index < count; ++index) task(index);
      return;
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      task_ = &task;
      count_ = count;
      next_ = 0;
      working_ = static_cast<int>(workers_.size());
      ++round_;
    }
    start_.notify_all();
    Work();
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return working_ == 0; });
  }

 private:
  explicit Threads(int count) {
    for (int index = 1; index < count; ++index) {
      workers_.emplace_back([this] { Serve(); });
      workers_.back().detach();
    }
  }

  static int Wanted() {
    const char* text = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int asked = text == nullptr ? 0 : std::atoi(text);
    if (asked > 0) return asked;
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    return cores > 0 ? cores : 1;
  }

  void Serve() {
    uint64_t seen = 0;
    for (;;) {
      {
        std::unique_lock<std::mutex> lock(mutex_);
        start_.wait(lock, [&] { return round_ != seen; });
        seen = round_;
      }
      Work();
      std::lock_guard<std::mutex> lock(mutex_);
      if (--working_ == 0) done_.notify_one();
    }
  }

  void Work() {
    for (int64_t index = next_++; index < count_; index = next_++) (*task_)(index);
  }

  std::vector<std::thread> workers_;
  std::mutex turn_;
  std::mutex mutex_;
  std::condition_variable start_;
  std::condition_variable done_;
  const std::function<void(int64_t)>* task_ = nullptr;
  std::atomic<int64_t> next_{0};
  int64_t count_ = 0;
  uint64_t round_ = 0;
  int working_ = 0;
};

}  // namespace thaw
