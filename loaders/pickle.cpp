#include "loaders/pickle.h"

#include <bit>

#include "engine/error.h"
#include "loaders/signature.h"

namespace impasto {
namespace {

using Kind = PickleValue::Kind;

constexpr size_t most_values = 1 << 20, longest_name = 256;
const std::string ordered_dict = "collections.OrderedDict";

class Machine {
 public:
  Machine(Bytes bytes, const std::string& path, const std::set<std::string>& globals) : bytes_(bytes), path_(path), globals_(globals) {}

  Pickle run() {
    while (!step(static_cast<uint8_t>(number(1)))) {
    }
    pickle_.root = pop();
    if (!stack_.empty() || !marks_.empty()) damaged("its pickle ends with values left over");
    pickle_.bytes = at_;
    return std::move(pickle_);
  }

 private:
  [[noreturn]] void damaged(const std::string& what) const { throw FileError(path_, "is damaged, " + what + "; fetch it again"); }

  // ---- bytes

  Bytes take(uint64_t count) {
    if (count > bytes_.size() - at_) damaged("its pickle is cut short");
    at_ += static_cast<size_t>(count);
    return bytes_.subspan(at_ - static_cast<size_t>(count), static_cast<size_t>(count));
  }
  uint32_t number(int count) { return little_endian(take(static_cast<uint64_t>(count)), 0, count); }
  std::string text(uint64_t count) {
    const Bytes taken = take(count);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }
  std::string line() {
    size_t length = 0;
    while (at_ + length < bytes_.size() && length <= longest_name && bytes_[at_ + length] != '\n') ++length;
    std::string taken = text(length);
    if (number(1) != '\n') damaged("its pickle holds a name that does not end");
    return taken;
  }
  int64_t long_integer() {
    const uint32_t count = number(1);
    if (count > 8) damaged("its pickle holds an integer of more than 64 bits");
    const Bytes taken = take(count);
    uint64_t value = count > 0 && taken[count - 1] >= 0x80 ? ~uint64_t{0} : 0;  // the sign goes on to the left
    for (size_t i = count; i-- > 0;) value = value << 8 | taken[i];
    return static_cast<int64_t>(value);
  }
  double real() {
    const Bytes taken = take(8);
    return std::bit_cast<double>(uint64_t{big_endian(taken, 0, 4)} << 32 | big_endian(taken, 4, 4));
  }

  // ---- stack

  void push(PickleValue value) {
    if (pickle_.values.size() == most_values) damaged("its pickle holds more than " + std::to_string(most_values) + " values");
    stack_.push_back(static_cast<int>(pickle_.values.size()));
    pickle_.values.push_back(std::move(value));
  }
  int pop() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) damaged("its pickle takes more values than it made");
    const int place = stack_.back();
    stack_.pop_back();
    return place;
  }
  PickleValue& top() {
    const int place = pop();
    stack_.push_back(place);
    return pickle_.values[static_cast<size_t>(place)];
  }
  std::vector<int> pop_many(size_t count) {
    std::vector<int> places(count);
    while (count > 0) places[--count] = pop();
    return places;
  }
  std::vector<int> pop_to_mark() {
    if (marks_.empty()) damaged("its pickle has no mark where one must be");
    std::vector<int> places = pop_many(stack_.size() - marks_.back());
    marks_.pop_back();
    return places;
  }

  // ---- values

  void push_global(const std::string& module, const std::string& name) {
    std::string called = module + '.' + name;
    if (called != ordered_dict && !globals_.contains(called))
      throw FileError(path_, "is no plain table of weights, since it names " + printable(called) +
                                 ", and nothing that a file names is run; in PyTorch save the model's state_dict(), not the model");
    push({.kind = Kind::global, .text = std::move(called)});
  }

  void set_items(const std::vector<int>& items) {
    PickleValue& dict = top();
    if (dict.kind != Kind::dict || items.size() % 2 != 0) damaged("its pickle sets items of what is no dict");
    dict.items.insert(dict.items.end(), items.begin(), items.end());
  }
  void append(const std::vector<int>& items) {
    PickleValue& list = top();
    if (list.kind != Kind::list) damaged("its pickle appends to what is no list");
    list.items.insert(list.items.end(), items.begin(), items.end());
  }

  // REDUCE and NEWOBJ.
  void call() {
    const int arguments = pop(), function = pop();
    if (pickle_[function].kind != Kind::global || pickle_[arguments].kind != Kind::tuple) damaged("its pickle calls what is no function");
    if (pickle_[function].text == ordered_dict) return push({.kind = Kind::dict, .items = pairs(arguments), .ordered = true});
    push({.kind = Kind::call, .text = pickle_[function].text, .items = {arguments}});
  }
  // Python 2 gives an OrderedDict its items as a list of lists of two.
  std::vector<int> pairs(int arguments) {
    std::vector<int> items;
    const std::vector<int>& given = pickle_[arguments].items;
    if (given.empty()) return items;
    if (given.size() != 1 || pickle_[given[0]].kind != Kind::list) damaged("its pickle makes an OrderedDict of something else than pairs");
    copied_ += pickle_[given[0]].items.size();
    if (copied_ > most_values) damaged("its pickle holds more than " + std::to_string(most_values) + " values");
    for (const int pair : pickle_[given[0]].items) {
      if (pickle_[pair].items.size() != 2 || pickle_[pair].kind == Kind::dict)
        damaged("its pickle makes an OrderedDict of something else than pairs");
      items.insert(items.end(), pickle_[pair].items.begin(), pickle_[pair].items.end());
    }
    return items;
  }
  void build() {
    pop();
    if (!top().ordered) damaged("its pickle gives a state to what is no OrderedDict");
  }

  // ---- memo

  void put(size_t index) {
    top();
    memo_[index] = stack_.back();
    if (memo_.size() > most_values) damaged("its pickle keeps more than " + std::to_string(most_values) + " values");
  }
  void get(size_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) damaged("its pickle asks for what it has not kept");
    stack_.push_back(found->second);
  }

  // True at the end.
  bool step(uint8_t opcode);
  bool step_of_protocol_4(uint8_t opcode);

  Bytes bytes_;
  size_t at_ = 0;
  const std::string& path_;
  const std::set<std::string>& globals_;
  Pickle pickle_;
  std::vector<int> stack_;
  std::vector<size_t> marks_;
  std::map<size_t, int> memo_;
  size_t copied_ = 0;
};

bool Machine::step(uint8_t opcode) {
  switch (opcode) {
    case 0x80: {  // PROTO
      const uint32_t protocol = number(1);
      if (protocol < 2 || protocol > 4)
        throw FileError(
            path_, "is a pickle of protocol " + std::to_string(protocol) + ", of which 2 to 4 are read; save it with PyTorch's default");
      return false;
    }
    case '.': return true;                                                                              // STOP
    case '(': return marks_.push_back(stack_.size()), false;                                            // MARK
    case 'N': return push({}), false;                                                                   // NONE
    case 0x88: return push({.kind = Kind::boolean, .integer = 1}), false;                               // NEWTRUE
    case 0x89: return push({.kind = Kind::boolean}), false;                                             // NEWFALSE
    case 'K': return push({.kind = Kind::integer, .integer = number(1)}), false;                        // BININT1
    case 'M': return push({.kind = Kind::integer, .integer = number(2)}), false;                        // BININT2
    case 'J': return push({.kind = Kind::integer, .integer = static_cast<int32_t>(number(4))}), false;  // BININT
    case 0x8a: return push({.kind = Kind::integer, .integer = long_integer()}), false;                  // LONG1
    case 'G': return push({.kind = Kind::real, .real = real()}), false;                                 // BINFLOAT
    case 'U': return push({.kind = Kind::text, .text = text(number(1))}), false;                        // SHORT_BINSTRING
    case 'T':                                                                                           // BINSTRING
    case 'X': return push({.kind = Kind::text, .text = text(number(4))}), false;                        // BINUNICODE
    case ')': return push({.kind = Kind::tuple}), false;                                                // EMPTY_TUPLE
    case 0x85:                                                                                          // TUPLE1
    case 0x86:                                                                                          // TUPLE2
    case 0x87: return push({.kind = Kind::tuple, .items = pop_many(opcode - 0x84u)}), false;            // TUPLE3
    case 't': return push({.kind = Kind::tuple, .items = pop_to_mark()}), false;                        // TUPLE
    case ']': return push({.kind = Kind::list}), false;                                                 // EMPTY_LIST
    case 'a': return append(pop_many(1)), false;                                                        // APPEND
    case 'e': return append(pop_to_mark()), false;                                                      // APPENDS
    case '}': return push({.kind = Kind::dict}), false;                                                 // EMPTY_DICT
    case 's': return set_items(pop_many(2)), false;                                                     // SETITEM
    case 'u': return set_items(pop_to_mark()), false;                                                   // SETITEMS
    case 'q': return put(number(1)), false;                                                             // BINPUT
    case 'r': return put(number(4)), false;                                                             // LONG_BINPUT
    case 'h': return get(number(1)), false;                                                             // BINGET
    case 'j': return get(number(4)), false;                                                             // LONG_BINGET
    case 'Q': return push({.kind = Kind::persistent, .items = pop_many(1)}), false;                     // BINPERSID
    case 'R':                                                                                           // REDUCE
    case 0x81: return call(), false;                                                                    // NEWOBJ
    case 'b': return build(), false;                                                                    // BUILD
    case 'c': {                                                                                         // GLOBAL
      const std::string module = line();
      return push_global(module, line()), false;
    }
    default: return step_of_protocol_4(opcode);
  }
}

bool Machine::step_of_protocol_4(uint8_t opcode) {
  switch (opcode) {
    case 0x95: return take(8), false;            // FRAME: how far one read may go, which is of no use here
    case 0x94: return put(memo_.size()), false;  // MEMOIZE
    case 0x8c: return push({.kind = Kind::text, .text = text(number(1))}), false;  // SHORT_BINUNICODE
    case 0x93: {                                                                   // STACK_GLOBAL
      const std::vector<int> names = pop_many(2);
      if (pickle_[names[0]].kind != Kind::text || pickle_[names[1]].kind != Kind::text)
        damaged("its pickle names a global by what is no text");
      return push_global(pickle_[names[0]].text, pickle_[names[1]].text), false;
    }
    default: {
      constexpr char digits[] = "0123456789abcdef";
      throw FileError(path_, std::string("is damaged or no table of weights: its pickle has the opcode 0x") + digits[opcode >> 4] +
                                 digits[opcode & 15] + ", which none needs; in PyTorch save the model's state_dict()");
    }
  }
}

}  // namespace

Pickle read_pickle(Bytes bytes, const std::string& path, const std::set<std::string>& globals) {
  return Machine(bytes, path, globals).run();
}

}  // namespace impasto
