// What can be trained, one file each.
#pragma once

namespace CLI {
class App;
}

namespace impasto {

void add_train_transform_command(CLI::App& train);
void add_train_depth_command(CLI::App& train);
void add_train_adain_command(CLI::App& train);

}  // namespace impasto
