#include "loaders/torch7_types.h"

#include <map>

namespace impasto {

const Torch7Type* torch7_type(const std::string& class_name, const std::string& ending) {
  static const std::map<std::string, Torch7Type> types{{"Byte", {"u8", 1, std::nullopt}},    {"Char", {"i8", 1, std::nullopt}},
                                                       {"Short", {"i16", 2, std::nullopt}},  {"Int", {"i32", 4, std::nullopt}},
                                                       {"Long", {"i64", 0, std::nullopt}},   {"Half", {"f16", 2, RealType::f16}},
                                                       {"Float", {"f32", 4, RealType::f32}}, {"Double", {"f64", 8, RealType::f64}}};
  const std::string front = "torch.", cuda = "Cuda";
  if (!class_name.starts_with(front) || !class_name.ends_with(ending) || class_name.size() < front.size() + ending.size()) return nullptr;
  std::string type = class_name.substr(front.size(), class_name.size() - front.size() - ending.size());
  if (type == cuda) type = "Float";
  if (type.starts_with(cuda)) type.erase(0, cuda.size());
  const auto found = types.find(type);
  return found == types.end() ? nullptr : &found->second;
}

}  // namespace impasto
