// Numbers of the fields and attribute types of onnx.proto that the reader and the writer know.
#pragma once
#include <cstdint>

namespace impasto::onnx_fields {

namespace model {
enum : uint32_t { ir_version = 1, producer = 2, graph = 7, opset = 8, metadata = 14, functions = 25 };
}
namespace opset {
enum : uint32_t { domain = 1, version = 2 };
}
namespace entry {
enum : uint32_t { key = 1, value = 2 };
}
namespace graph {
enum : uint32_t { node = 1, name = 2, initialiser = 5, input = 11, output = 12, sparse = 15 };
}
namespace node {
enum : uint32_t { input = 1, output = 2, name = 3, op = 4, attribute = 5, domain = 7 };
}
namespace attribute {
enum : uint32_t { name = 1, f = 2, i = 3, s = 4, t = 5, g = 6, floats = 7, ints = 8, graphs = 11, type = 20, reference = 21 };
}
namespace value {
enum : uint32_t { name = 1, type = 2 };
}
namespace type {
enum : uint32_t { tensor = 1 };
}
namespace tensor_type {
enum : uint32_t { element = 1, shape = 2 };
}
namespace shape {
enum : uint32_t { dim = 1 };
}
namespace dim {
enum : uint32_t { value = 1, name = 2 };
}

namespace attribute_type {
enum : int64_t { f = 1, i = 2, s = 3, t = 4, floats = 6, ints = 7 };
}

}  // namespace impasto::onnx_fields
