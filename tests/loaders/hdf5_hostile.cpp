// What an HDF5 file may do to its reader, and the refusals.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "loaders/hdf5_attributes.h"
#include "loaders/hdf5_file.h"
#include "tests/loaders/hdf5_samples.h"

using namespace impasto;
using namespace impasto::samples;

TEST_CASE("attributes outside the object's header are refused") {
  const Folder folder;
  Hdf5(folder / "long.h5", true).group("g").text("g", "text", "caffe").text("g", "long", std::string(70000, 'x'));
  CHECK(has(refusal([&] { Hdf5File(folder / "long.h5", profile).text("g", "text"); }), "attributes of g are too many or too long"));
}

TEST_CASE("attributes of a file without checksums, of other types, or longer than their header are refused") {
  const Folder folder;
  const double number = 1;
  Hdf5(folder / "old.h5").text("/", "text", "caffe");
  Hdf5(folder / "double.h5", true).number("/", "double", H5T_IEEE_F64LE, &number).text("/", "text", "caffe");
  for (const std::string name : {"old.h5", "double.h5"})
    CHECK(has(refusal([&] { Hdf5File(folder / name, profile).text("", "text"); }),
              "attributes of the root group are not as impasto writes them"));

  // The string's length, a little-endian 32-bit number before its dataspace, in a header that is otherwise right.
  Hdf5(folder / "long.h5", true).group("g").text("g", "text", "caffe");
  CHECK(refusal([&] { judge_attributes(folder / "long.h5", Hdf5File(folder / "long.h5", profile).group_address("g")); }) == "");
  const uint64_t address = Hdf5File(folder / "long.h5", profile).group_address("g");
  std::string bytes = slurp(folder / "long.h5");
  const size_t length = bytes.find(std::string("text\0\x13", 6)) + 5 + 4;
  REQUIRE(bytes[length] == 5);
  for (const char wrong : {0, 4, 6, 127}) {
    bytes[length] = wrong;
    spill(folder / "wrong.h5", bytes);
    CHECK(has(refusal([&] { judge_attributes(folder / "wrong.h5", address); }), "not as impasto writes them"));
  }
}

TEST_CASE("links other than hard ones are refused, and never followed") {
  const Folder folder;
  Hdf5(folder / "other.h5").floats("values", {2}, ramp(2));
  {
    Hdf5 sample(folder / "soft.h5");
    sample.floats("values", {2}, ramp(2));
    H5Lcreate_soft("/values", sample.file, "again", H5P_DEFAULT, H5P_DEFAULT);
  }
  {
    Hdf5 sample(folder / "external.h5");
    H5Lcreate_external((folder / "other.h5").c_str(), "/values", sample.file, "values", H5P_DEFAULT, H5P_DEFAULT);
  }
  CHECK(has(refusal_of(folder / "soft.h5"), "again is a soft link"));
  CHECK(has(refusal_of(folder / "external.h5"), "values is a link to another file"));
}

TEST_CASE("groups that contain each other and objects of two names are refused") {
  const Folder folder;
  {
    Hdf5 sample(folder / "cycle.h5");
    sample.group("a/b");
    H5Lcreate_hard(sample.file, "/a", sample.file, "/a/b/a", H5P_DEFAULT, H5P_DEFAULT);
  }
  {
    Hdf5 sample(folder / "root.h5");
    H5Lcreate_hard(sample.file, "/", sample.file, "/self", H5P_DEFAULT, H5P_DEFAULT);
  }
  {
    Hdf5 sample(folder / "twice.h5");
    sample.floats("values", {2}, ramp(2));
    H5Lcreate_hard(sample.file, "/values", sample.file, "/zz", H5P_DEFAULT, H5P_DEFAULT);
  }
  CHECK(has(refusal_of(folder / "cycle.h5"), "a/b/a is the same object as a;"));
  CHECK(has(refusal_of(folder / "root.h5"), "self is the same object as the root group"));
  CHECK(has(refusal_of(folder / "twice.h5"), "is the same object as values"));
}

TEST_CASE("virtual and external storage are refused") {
  const Folder folder;
  const Dims two{2};
  Hdf5(folder / "other.h5").floats("values", two, ramp(2));
  spill(folder / "values.raw", std::string(8, '\0'));
  {
    Hdf5 sample(folder / "virtual.h5", true);
    Hdf5Handle space(H5Screate_simple(1, two.data(), nullptr), H5Sclose);
    H5Pset_virtual(sample.storage, space, (folder / "other.h5").c_str(), "values", space);
    sample.data("values", two, H5T_IEEE_F32LE, nullptr);
  }
  {
    Hdf5 sample(folder / "external.h5");
    H5Pset_external(sample.storage, (folder / "values.raw").c_str(), 0, 8);
    sample.data("values", two, H5T_IEEE_F32LE, nullptr);
  }
  CHECK(has(refusal_of(folder / "virtual.h5"), "put together from other data sets"));
  CHECK(has(refusal_of(folder / "external.h5"), "values in another file"));
}

TEST_CASE("what declares more than it stores is refused before it is read") {
  const Folder folder;
  Profile generous = profile;
  generous.bytes = INT64_MAX;
  const hsize_t huge = hsize_t{1} << 40;
  Hdf5(folder / "unstored.h5").data("bomb", {huge}, H5T_IEEE_F32LE, nullptr);
  Hdf5(folder / "chunks.h5").chunked({1 << 20}).data("bomb", {1 << 24}, H5T_IEEE_F32LE, nullptr);
  Hdf5(folder / "overflow.h5").data("bomb", {hsize_t{1} << 61, 16}, H5T_STD_U8LE, nullptr);
  {
    Hdf5 sample(folder / "deflated.h5");
    sample.chunked({1 << 20});
    H5Pset_deflate(sample.storage, 9);
    sample.data("bomb", {1 << 24}, H5T_STD_U8LE, nullptr);
  }
  CHECK(has(refusal_of(folder / "unstored.h5", generous), "declares 4398046511104 bytes and stores 0"));
  CHECK(has(refusal_of(folder / "chunks.h5", generous), "declares 67108864 bytes and stores 0"));
  CHECK(has(refusal_of(folder / "overflow.h5", generous), "declares more values than there can be"));
  CHECK(has(refusal_of(folder / "deflated.h5", generous), "declares 16777216 bytes and stores 0"));
}

TEST_CASE("the limit on bytes holds for all data sets together") {
  const Folder folder;
  Profile tight = profile;
  tight.bytes = 44;
  Hdf5(folder / "a.h5").floats("a", {5}, ramp(5)).floats("b", {6}, ramp(6));
  CHECK(refusal_of(folder / "a.h5", tight) == "");
  tight.bytes = 43;
  CHECK(has(refusal_of(folder / "a.h5", tight), "b and those before it declare over 43 bytes"));
}

TEST_CASE("a chunk that inflates to more than its size is refused") {
  const Folder folder;
  const std::vector<uint8_t> zeros(4000);
  {
    Hdf5 sample(folder / "a.h5");
    sample.chunked({4000});
    H5Pset_deflate(sample.storage, 9);
    sample.data("bomb", {4000}, H5T_STD_U8LE, nullptr);
    std::vector<uint8_t> stored(100);  // the deflated stream of 4,100 zeros, made by the library itself in another file
    Hdf5 other(folder / "b.h5");
    other.chunked({4100});
    H5Pset_deflate(other.storage, 9);
    other.data("more", {4100}, H5T_STD_U8LE, std::vector<uint8_t>(4100).data());
    H5Fflush(other.file, H5F_SCOPE_GLOBAL);
    Hdf5Handle from(H5Dopen2(other.file, "more", H5P_DEFAULT), H5Dclose), to(H5Dopen2(sample.file, "bomb", H5P_DEFAULT), H5Dclose);
    const hsize_t at = 0;
    hsize_t size = 0;
    uint32_t skipped = 0;
    REQUIRE(H5Dget_chunk_storage_size(from, &at, &size) >= 0);
    REQUIRE(size <= stored.size());
    REQUIRE(H5Dread_chunk(from, H5P_DEFAULT, &at, &skipped, stored.data()) >= 0);
    REQUIRE(H5Dwrite_chunk(to, H5P_DEFAULT, 0, &at, size, stored.data()) >= 0);
  }
  CHECK(has(refusal([&] { Hdf5File(folder / "a.h5", profile).bytes("bomb"); }), "holds more than it may"));
}

TEST_CASE("filters other than the three are refused, and none of them twice") {
  const Folder folder;
  {
    Hdf5 sample(folder / "nbit.h5");
    sample.chunked({2});
    H5Pset_nbit(sample.storage);
    sample.floats("values", {2}, ramp(2));
  }
  {
    Hdf5 sample(folder / "unknown.h5");
    sample.chunked({2});
    H5Pset_filter(sample.storage, 32001, H5Z_FLAG_OPTIONAL, 0, nullptr);  // Blosc's number
    sample.floats("values", {2}, ramp(2));
  }
  {
    Hdf5 sample(folder / "twice.h5");
    sample.chunked({2});
    H5Pset_deflate(sample.storage, 1);
    H5Pset_deflate(sample.storage, 1);
    sample.floats("values", {2}, ramp(2));
  }
  CHECK(has(refusal_of(folder / "nbit.h5"), "filter 5"));
  CHECK(has(refusal_of(folder / "unknown.h5"), "filter 32001"));
  CHECK(has(refusal_of(folder / "twice.h5"), "same filter twice"));
}

TEST_CASE("types that would need a conversion are refused") {
  const Folder folder;
  Hdf5Lock lock;
  Hdf5Handle compound(H5Tcreate(H5T_COMPOUND, 8), H5Tclose), variable(H5Tvlen_create(H5T_IEEE_F32LE), H5Tclose),
      fixed(H5Tcopy(H5T_C_S1), H5Tclose);
  Hdf5Handle bfloat(H5Tcopy(hdf5_half()), H5Tclose);
  H5Tinsert(compound, "a", 0, H5T_IEEE_F32LE);
  H5Tinsert(compound, "b", 4, H5T_IEEE_F32LE);
  H5Tset_size(fixed, 4);
  H5Tset_fields(bfloat, 15, 7, 8, 0, 7);
  H5Tset_ebias(bfloat, 127);
  const hsize_t four = 4;
  const Hdf5Handle array(H5Tarray_create2(H5T_IEEE_F32LE, 1, &four), H5Tclose);
  for (const hid_t type : {hid_t{compound}, hid_t{variable}, hid_t{fixed}, hid_t{bfloat}, hid_t{array}, H5T_STD_REF_OBJ, H5T_IEEE_F32BE,
                           H5T_IEEE_F64LE, H5T_STD_I32LE, H5T_STD_I8LE, H5T_STD_U64BE}) {
    CAPTURE(type);
    {
      Hdf5 sample(folder / "a.h5");
      H5Pset_alloc_time(sample.storage, H5D_ALLOC_TIME_EARLY);
      sample.data("values", {2}, type, nullptr);
    }
    CHECK(has(refusal_of(folder / "a.h5"), "of a type that is not read"));
  }
  Profile only_halves = profile;
  only_halves.types = {Hdf5Type::f16};
  Hdf5(folder / "a.h5").floats("values", {2}, ramp(2));
  CHECK(has(refusal_of(folder / "a.h5", only_halves), "type f32, which a sample does not"));
}

TEST_CASE("scalars, empty data sets and more than four axes are refused") {
  const Folder folder;
  {
    Hdf5 sample(folder / "scalar.h5");
    Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    Hdf5Handle(H5Dcreate2(sample.file, "values", H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
  }
  Hdf5(folder / "empty.h5").data("values", {3, 0}, H5T_IEEE_F32LE, nullptr);
  Hdf5(folder / "five.h5").floats("values", {1, 1, 1, 1, 1}, ramp(1));
  CHECK(has(refusal_of(folder / "scalar.h5"), "no shape of 1 to 4 axes"));
  CHECK(has(refusal_of(folder / "empty.h5"), "an axis of no or of absurd length"));
  CHECK(has(refusal_of(folder / "five.h5"), "no shape of 1 to 4 axes"));
}

TEST_CASE("a data set stored in the object header and a named type are refused") {
  const Folder folder;
  {
    Hdf5 sample(folder / "compact.h5");
    H5Pset_layout(sample.storage, H5D_COMPACT);
    sample.floats("values", {2}, ramp(2));
  }
  {
    Hdf5 sample(folder / "named.h5");
    Hdf5Handle type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
    H5Tcommit2(sample.file, "type", type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  }
  CHECK(has(refusal_of(folder / "compact.h5"), "neither in one piece nor in chunks"));
  CHECK(has(refusal_of(folder / "named.h5"), "neither a group nor a data set"));
}

TEST_CASE("depth and number of objects end at the profile's limits") {
  const Folder folder;
  Hdf5(folder / "deep.h5").group("a/b/c");
  CHECK(refusal_of(folder / "deep.h5") == "");
  Hdf5(folder / "deep.h5").group("a/b/c/d");
  CHECK(has(refusal_of(folder / "deep.h5"), "a/b/c/d lies more than 3 levels deep"));

  for (const int count : {16, 17, 18, 500}) {
    {
      Hdf5 sample(folder / "many.h5");
      for (int i = 0; i < count; ++i) sample.group("g" + std::to_string(i));
    }
    CHECK(has(refusal_of(folder / "many.h5"), "has over 16 objects") == (count > 16));
  }
}

TEST_CASE("what the profile skips is not opened, but its links are judged") {
  const Folder folder;
  Profile skipping = profile;
  skipping.skipped = [](const std::string& name) { return name == "optimizer"; };
  const int64_t step = 1;
  Hdf5(folder / "a.h5").floats("values", {2}, ramp(2)).data("optimizer/step", {1}, H5T_STD_I64LE, &step);
  CHECK(has(refusal_of(folder / "a.h5"), "optimizer/step"));
  CHECK(refusal_of(folder / "a.h5", skipping) == "");
  {
    Hdf5 sample(folder / "b.h5");
    H5Lcreate_soft("/values", sample.file, "optimizer", H5P_DEFAULT, H5P_DEFAULT);
  }
  CHECK(has(refusal_of(folder / "b.h5", skipping), "optimizer is a soft link"));
}

TEST_CASE("NaN and infinity are refused with the name of the data set") {
  const Folder folder;
  for (const float wrong : {std::nanf(""), std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
    Hdf5(folder / "a.h5").floats("fine", {2}, ramp(2)).floats("conv/kernel", {3}, {0, wrong, 1});
    CHECK(has(refusal_of(folder / "a.h5"), "conv/kernel holds NaN or infinity"));
  }
  const uint16_t halves[] = {0x3c00, 0x7c00};
  Hdf5(folder / "a.h5").data("half", {2}, hdf5_half(), halves);
  CHECK(has(refusal_of(folder / "a.h5"), "half holds NaN or infinity"));
}

TEST_CASE("what is not HDF5 is refused with what it seems to be") {
  const Folder folder;
  spill(folder / "page.h5", "\n<!DOCTYPE html><html><body>404</body></html>" + std::string(200, ' '));
  spill(folder / "empty.h5", "");
  spill(folder / "lfs.h5", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n" + std::string(100, ' '));
  spill(folder / "zip.h5", "PK\3\4" + std::string(200, '\0'));
  spill(folder / "short.h5", "\x89HDF\r\n\x1a\n\0\0\0\0");
  CHECK(has(refusal_of(folder / "page.h5"), "not a sample (it begins \".<!DOCTYPE html\"); was the download a web page?"));
  CHECK(has(refusal_of(folder / "empty.h5"), "is empty"));
  CHECK(has(refusal_of(folder / "lfs.h5"), "git lfs pull"));
  CHECK(has(refusal_of(folder / "zip.h5"), "zip archive"));
  CHECK(has(refusal_of(folder / "short.h5"), "too short"));
  CHECK(has(refusal_of(folder / "absent.h5"), "there is no such file"));
  CHECK(has(refusal_of(folder.path.string()), "is a folder"));
  CHECK(has(refusal_of("/dev/null"), "not a regular file"));
}
