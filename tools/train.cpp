// impasto train transform | depth | adain
#include "tools/command.h"
#include "tools/train_commands.h"

namespace impasto {

void add_train_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("train", "Teach networks");
  command->require_subcommand(1);
  add_train_transform_command(*command);
  add_train_depth_command(*command);
  add_train_adain_command(*command);
}

}  // namespace impasto
