// impasto: exceptions end here, as one sentence and an exit code: 0, 1 (failed), 2 (called wrongly).
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <new>

#include "engine/error.h"
#include "loaders/atomic_file.h"
#include "tools/command.h"

namespace {

int complain(const std::string& what, int code) {
  std::fflush(stdout);
  std::cerr << "impasto: " << what << '\n';
  return code;
}

void check_command(const CLI::App& app, const std::string& word) {
  std::string commands;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == word) return;
    commands += (commands.empty() ? "" : ", ") + command->get_name();
  }
  throw impasto::UsageError('"' + word + "\" is no command; there are " + commands);
}

void run(int count, char** words) {
  CLI::App app("Paints photographs in the style of pictures, by a deep-learning engine of its own.", "impasto");
  app.set_version_flag("--version", std::string("impasto ") + impasto::program_version, "Print the version and exit");
  app.require_subcommand(1);
  impasto::add_stylize_command(app);
  impasto::add_styles_command(app);
  impasto::add_optimize_command(app);
  impasto::add_depth_command(app);
  impasto::add_edges_command(app);
  impasto::add_weights_command(app);
  impasto::add_evaluate_command(app);
  impasto::add_study_command(app);
  impasto::add_train_command(app);
  impasto::add_dataset_command(app);
  impasto::add_landscape_command(app);
  impasto::add_bench_command(app);
  impasto::add_info_command(app);
  app.footer("`impasto COMMAND --help` lists a command's options. Exit codes: 0, 1 (failed), 2 (called wrongly).");
  if (count > 1 && words[1][0] != '-') check_command(app, words[1]);
  try {
    app.parse(count, words);
  } catch (const CLI::Success& help) {
    app.exit(help);
  } catch (const CLI::ParseError& error) {
    throw impasto::UsageError(std::string(error.what()) + " (--help lists what there is)");
  }
  errno = 0;
  if (!std::cout.flush() || std::fflush(stdout) != 0) impasto::refuse_write("standard output", errno);
}

}  // namespace

int main(int count, char** words) {
  // A reader that went away or a file grown too large shall be an error of the write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    run(count, words);
    return 0;
  } catch (const impasto::UsageError& error) {
    return complain(error.what(), 2);
  } catch (const std::bad_alloc&) {
    return complain("there is not enough memory for this; try a smaller picture or free some", 1);
  } catch (const std::exception& error) {
    return complain(error.what(), 1);
  }
}
