// Pickles that PyTorch would not write: nothing in them may run, loop or grow.
#include "loaders/pickle.h"

#include <doctest/doctest.h>

#include "tests/loaders/pytorch_samples.h"

using namespace impasto;
using namespace impasto::samples;
using namespace impasto::samples::pickled;

namespace {

using Kind = PickleValue::Kind;

Pickle read(const std::string& bytes) {
  return read_pickle({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, "net.pth", {"torch.Size"});
}
std::string refused(const std::string& bytes) {
  return refusal([&] { read(bytes); });
}
const PickleValue& root(const Pickle& pickle) { return pickle[pickle.root]; }

const std::string ordered = global("collections", "OrderedDict");
std::string good_tensor() { return tensor(storage("0", 6), 0, {6}, {1}); }

}  // namespace

TEST_CASE("values of all opcodes are read") {
  const auto integer_of = [](const std::string& bytes) {
    const Pickle pickle = read(whole(bytes));
    CHECK(root(pickle).kind == Kind::integer);
    return root(pickle).integer;
  };
  CHECK(integer_of("K\xff") == 255);
  CHECK(integer_of("M\x01\x02") == 513);
  CHECK(integer_of(integer(-2)) == -2);
  CHECK(integer_of(std::string("\x8a\0", 2)) == 0);
  CHECK(integer_of("\x8a\x01\xff") == -1);
  CHECK(integer_of(std::string("\x8a\x02\xff\x00", 4)) == 255);
  CHECK(integer_of(std::string("\x8a\x02\x00\xff", 4)) == -256);
  CHECK(integer_of(long_integer(uint64_t{1} << 63)) == INT64_MIN);
  CHECK(root(read(whole(std::string("G\xbf\xf8\0\0\0\0\0\0", 9)))).real == -1.5);
  CHECK(root(read(whole("N"))).kind == Kind::none);
  CHECK(root(read(whole("\x88"))).integer == 1);
  CHECK(root(read(whole("\x89"))).integer == 0);
  CHECK(root(read(whole("U\3abc"))).text == "abc");
  CHECK(root(read(whole(std::string("T\3\0\0\0abc", 8)))).text == "abc");
  CHECK(root(read(whole("\x8c\3abc"))).text == "abc");
  for (const auto& [bytes, count] : {std::pair(")", 0), {"N\x85", 1}, {"NN\x86", 2}, {"NNN\x87", 3}, {"(NNNNt", 4}}) {
    const Pickle pickle = read(whole(bytes));
    CHECK(root(pickle).kind == Kind::tuple);
    CHECK(root(pickle).items.size() == static_cast<size_t>(count));
  }
  CHECK(root(read(whole("]Na(NNe"))).items.size() == 3);
  CHECK(root(read(whole("}NNs(NNNNu"))).items.size() == 6);
  CHECK(root(read(whole("K\7q\1h\1r" + little(260, 4) + "j" + little(260, 4) + "\x87"))).items.size() == 3);
}

TEST_CASE("protocol 4 is read") {
  const std::string frame = "\x95" + little(5, 8);
  const Pickle pickle = read("\x80\4" + frame + "\x8c\5torch\x94\x8c\4Size\x94\x93\x94h" + std::string(1, '\0') + "h\2\x87.");
  REQUIRE(root(pickle).items.size() == 3);
  CHECK(pickle[root(pickle).items[0]].text == "torch.Size");
  CHECK(pickle[root(pickle).items[0]].kind == Kind::global);
  CHECK(pickle[root(pickle).items[1]].text == "torch");
}

TEST_CASE("an OrderedDict is a dict, in Python 2's way too, and what BUILD sets on it is dropped") {
  for (const std::string made : {")R", ")\x81"}) {
    const Pickle pickle = read(whole(ordered + made + "(NNu}" + text("_metadata") + "Nsb"));
    CHECK(root(pickle).kind == Kind::dict);
    CHECK(root(pickle).items.size() == 2);
  }
  const Pickle pairs = read(whole(ordered + "]]" + text("a") + "aNaa\x85R"));
  REQUIRE(root(pairs).items.size() == 2);
  CHECK(pairs[root(pairs).items[0]].text == "a");
  CHECK(has(refused(whole(ordered + "K\1\x85R")), "something else than pairs"));
  CHECK(has(refused(whole(ordered + "]]Naa\x85R")), "something else than pairs"));
}

TEST_CASE("a pickle that would run something is refused by the name of what it would run") {
  CHECK(has(pickle_refusal(global("os", "system") + text("echo run > ran") + "\x85R"),
            "names \"os.system\", and nothing that a file names is run; in PyTorch save the model's state_dict(), not the model"));
  CHECK(has(pickle_refusal(global("posix", "system") + text("true") + "\x85R"), "posix.system"));
  CHECK(has(pickle_refusal(text("builtins") + text("eval") + '\x93'), "builtins.eval"));
  CHECK(has(pickle_refusal(global("__main__", "TransformerNet") + ")\x81"), "__main__.TransformerNet"));
  CHECK(has(pickle_refusal(global("torch", "load") + text("x") + "\x85R"), "torch.load"));
  CHECK(has(pickle_refusal(global("collections", "OrderedDict.__init__") + ")R"), "OrderedDict.__init__"));
  CHECK(has(pickle_refusal(global("a\x1b[2J", "b")), "a.[2J.b"));  // nothing for the terminal
  CHECK(!std::filesystem::exists("ran"));
}

TEST_CASE("opcodes that no table of weights needs are refused") {
  const std::string known = std::string("\x80.(N\x88\x89KMJ\x8aGUTX)\x85\x86\x87t]ae}suqrhjQR\x81") + "bc\x95\x94\x8c\x93";
  for (int opcode = 0; opcode < 256; ++opcode) {
    const std::string digits = "0123456789abcdef", called = std::string("has the opcode 0x") + digits[opcode / 16u] + digits[opcode % 16u];
    const bool unknown = has(refused("\x80\2NN" + std::string(1, static_cast<char>(opcode)) + std::string(20, '\0')), called);
    CAPTURE(opcode);
    CHECK(unknown == (known.find(static_cast<char>(opcode)) == std::string::npos));
  }
  CHECK(has(refused("\x80\2i"), "opcode 0x69"));
}

TEST_CASE("protocols that are not read are named") {
  for (const char protocol : {'\0', '\1', '\5', '\xff'}) CHECK(has(refused(std::string("\x80") + protocol + "N."), "pickle of protocol"));
}

TEST_CASE("pickles that take what is not there are refused") {
  for (const std::string wrong : {".",
                                  "N",
                                  "NN.",
                                  "(N.",
                                  "(.",
                                  "t.",
                                  "N\x86.",
                                  "(N\x85\x85.",
                                  "Na.",
                                  "NNa.",
                                  "N(e.",
                                  "}Ns.",
                                  "}(Nu.",
                                  "]NNs.",
                                  "NNR.",
                                  "N)R.",
                                  "h\1.",
                                  "j\1\1\1\1.",
                                  "q\1.",
                                  "Q.",
                                  "N}b.",
                                  "}}b.",
                                  "NN\x93.",
                                  "X\xff\xff\xff\xff.",
                                  "U\5ab.",
                                  "ctorch\nSize",
                                  "ctorch",
                                  "\x8a\x09"
                                  "123456789.",
                                  "\x8a\xff."}) {
    CAPTURE(wrong);
    CHECK(has(refused("\x80\2" + wrong), "net.pth: is damaged"));
  }
  CHECK(has(refused("c" + std::string(300, 'x') + "\ny\n."), "a name that does not end"));
}

TEST_CASE("more than a million values are refused, however they are made") {
  CHECK(refused(whole("(" + std::string(1000000, 'N') + 't')) == "");
  CHECK(has(refused(whole("(" + std::string(1100000, 'N') + 't')), "more than 1048576 values"));
  CHECK(has(refused(whole('N' + std::string(1100000, '\x94'))), "keeps more than 1048576 values"));
  // A list of pairs that is kept, and copied again and again.
  std::string dicts = "]q\1(";
  for (int i = 0; i < 2000; ++i) dicts += "]NaNa";
  dicts += "e\x85q\2";
  for (int i = 0; i < 2000; ++i) dicts += ordered + "h\2R";
  CHECK(has(refused(whole(dicts)), "more than 1048576 values"));
}

TEST_CASE("what no state_dict is made of is refused") {
  const auto named = [](const std::string& value) { return dict(text("a") + value); };
  CHECK(pickle_refusal(named(good_tensor())) == "");
  CHECK(has(pickle_refusal("]"), "holds no state_dict"));
  CHECK(has(pickle_refusal(good_tensor()), "holds no state_dict"));
  CHECK(has(pickle_refusal("}"), "holds no tensors"));
  CHECK(has(pickle_refusal(dict(text("epoch") + "K\3")), "holds no tensors"));
  const std::string rebuild = global("torch._utils", "_rebuild_tensor_v2"), parameter = global("torch._utils", "_rebuild_parameter");
  CHECK(has(pickle_refusal(named(rebuild + ")R")), "has no storage, size and stride"));
  CHECK(has(pickle_refusal(named(rebuild + "(NNNNtR")), "has no storage, size and stride"));
  CHECK(has(pickle_refusal(named(rebuild + tuple(storage("0", 6) + "NNN") + 'R')), "cannot be"));
  CHECK(has(pickle_refusal(named(rebuild + tuple(storage("0", 6) + integer(0) + "NN") + 'R')), "no short list"));
  CHECK(has(pickle_refusal(named(parameter + ")R")), "\"a\" is no tensor"));
  CHECK(has(pickle_refusal(named(parameter + tuple(parameter + ")R") + 'R')), "\"a\" is no tensor"));
  CHECK(has(pickle_refusal(named(global("torch", "FloatStorage") + ")R")), "has no storage, size and stride"));
  CHECK(has(pickle_refusal(named("NQ")), "a storage in it is not described"));
  CHECK(has(pickle_refusal(named(tuple(text("storage") + "NNNN") + 'Q')), "a storage in it is not described"));
  CHECK(has(pickle_refusal(named(tuple(text("storage") + 'N' + text("0") + "NK\6") + 'Q')), "has no type"));
}

TEST_CASE("names twice, tables in circles and storages of two kinds are refused") {
  CHECK(has(pickle_refusal(dict(text("a") + good_tensor() + text("a") + good_tensor())), "holds \"a\" twice"));
  CHECK(has(pickle_refusal("}q\1(" + text("b") + "h\1u"), "stands in it twice"));
  CHECK(has(pickle_refusal("}q\1(" + text("state_dict") + "h\1u"), "stands in it twice"));
  CHECK(has(pickle_refusal(dict(text("a") + good_tensor() + text("b") + tensor(storage("0", 5), 0, {5}, {1}))), "described in two ways"));
  CHECK(has(pickle_refusal(dict(text("a") + good_tensor() + text("b") + tensor(storage("0", 6, "IntStorage"), 0, {5}, {1}))),
            "described in two ways"));
}

TEST_CASE("tables in tables have joined names, down to a depth") {
  const auto nested = [](int depth) {
    std::string object = good_tensor();
    for (int i = 0; i < depth; ++i) object = dict(text("x") + object);
    return object;
  };
  CHECK(read_state_dict_of(archive(nested(3), {bytes_of_floats(ramp(6))})).arrays.contains("x.x.x"));
  CHECK(pickle_refusal(nested(64)) == "");
  CHECK(has(pickle_refusal(nested(65)), "nested more than 64 deep"));
  CHECK(has(pickle_refusal(nested(20000)), "nested more than 64 deep"));
  CHECK(has(pickle_refusal(dict(text(std::string(1025, 'x')) + good_tensor())), "is too long"));
}

TEST_CASE("a state_dict is looked for where checkpoints keep it") {
  for (const char* key : {"state_dict", "model_state_dict", "model"}) {
    const std::string checkpoint = dict(text("loss") + good_tensor() + text(key) + dict(text("module.a") + good_tensor()));
    const StateDict read = read_state_dict_of(archive(checkpoint, {bytes_of_floats(ramp(6))}));
    CHECK(read.arrays.size() == 1);
    CHECK(read.arrays.contains("a"));
  }
  const std::string mixed = dict(text("module.a") + good_tensor() + text("b") + good_tensor());
  CHECK(read_state_dict_of(archive(mixed, {bytes_of_floats(ramp(6))})).arrays.contains("module.a"));
}
