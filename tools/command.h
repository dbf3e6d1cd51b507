// The program's subcommands: each is one file of this folder that adds itself, with its options and a callback that does the work.
// What a callback throws becomes a sentence and an exit code in main().
#pragma once
#include <CLI/CLI.hpp>

namespace impasto {

inline constexpr const char* program_version = "0.1.0";

void add_stylize_command(CLI::App& app);
void add_styles_command(CLI::App& app);
void add_optimize_command(CLI::App& app);
void add_depth_command(CLI::App& app);
void add_edges_command(CLI::App& app);
void add_weights_command(CLI::App& app);
void add_evaluate_command(CLI::App& app);
void add_study_command(CLI::App& app);
void add_train_command(CLI::App& app);
void add_dataset_command(CLI::App& app);
void add_landscape_command(CLI::App& app);
void add_bench_command(CLI::App& app);
void add_info_command(CLI::App& app);

}  // namespace impasto
