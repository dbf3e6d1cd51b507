// What this machine can do at most, measured: the roofline that benches are held against.
#pragma once

namespace impasto {

/// GFLOP/s of fused multiply-adds (2 each) that touch nothing but registers, f32, all threads.
double fma_peak_gflops();
/// GB/s of a copy too large for any cache, by ordinary stores, bytes read and bytes written both counted, all threads.
double copy_gbps();

}  // namespace impasto
