#include "loaders/sha256.h"

#include <doctest/doctest.h>

#include "tests/loaders/hdf5_samples.h"

using namespace impasto;

TEST_CASE("SHA-256 gives the digests of FIPS 180") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu") ==
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  CHECK(sha256(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 does not depend on the pieces a message comes in") {
  std::string message;
  for (int i = 0; i < 300; ++i) message += static_cast<char>(i * 7);
  for (const size_t piece : {1, 3, 55, 56, 63, 64, 65, 128, 299}) {
    Sha256 hash;
    for (size_t at = 0; at < message.size(); at += piece) hash.add(message.data() + at, std::min(piece, message.size() - at));
    CHECK(hash.hex() == sha256(message));
  }
}

TEST_CASE("a file has the SHA-256 of its bytes, a missing one and a folder are refused") {
  const samples::Folder folder;
  const std::string bytes(3 << 20, 'x');  // longer than one read
  samples::spill(folder / "a", bytes);
  CHECK(sha256_file(folder / "a") == sha256(bytes));
  CHECK(samples::has(samples::refusal([&] { sha256_file(folder / "b"); }), "cannot be opened"));
  CHECK(samples::has(samples::refusal([&] { sha256_file(folder.path.string()); }), "is a folder"));
}
