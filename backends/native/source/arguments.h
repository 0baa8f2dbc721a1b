// Converts JavaScript's values to C++'s: everything is checked here, so that kernels need not.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "addon.h"

/** Becomes a JavaScript RangeError, TypeError or Error. */
struct Failure {
  enum Kind { range, type, other } kind;
  std::string message;
};

/** Throws where a Node-API call did not succeed: an exception of JavaScript's is pending then, or the call is ours to mend. */
void check(napi_env env, napi_status status);

/** An array of numbers, of one of the kernels' types. */
struct Numbers {
  Type type;
  void* data;
  size_t length;
};

class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info);

  napi_env env() const { return env_; }
  Addon& addon() const { return *addon_; }
  napi_value value(size_t i) const;

  bool missing(size_t i) const;
  bool flag(size_t i) const;
  double number(size_t i) const;
  /** A whole number from 0 to 2^53. */
  size_t size(size_t i) const;
  std::string text(size_t i) const;

  /** A Float32Array of at least `count` floats. */
  float* floats(size_t i, size_t count) const;
  /** The same, or null if undefined was passed. */
  float* optional_floats(size_t i, size_t count) const;
  uint32_t* indices(size_t i, size_t& count) const;
  /** The elements of an array. They may be getters, which may free the memory of an array: to be read before any is looked into. */
  std::vector<napi_value> elements(size_t i) const;
  /** A Float32Array, Int32Array or Uint8Array. */
  Numbers numbers(size_t i) const;
  /** The same, of this type and at least this long. */
  Numbers numbers(size_t i, Type type, size_t least) const;
  int32_t* ints(size_t i, size_t count) const { return static_cast<int32_t*>(numbers(i, int32, count).data); }
  /** A Float64Array of at least `count` numbers. */
  const double* doubles(size_t i, size_t count) const;
  Table& table(size_t i) const;
  /** The table itself: its object holds none from then on. */
  std::unique_ptr<Table> take_table(size_t i) const;

 private:
  static constexpr size_t most = 16;
  napi_env env_;
  size_t count_ = most;
  napi_value values_[most];
  Addon* addon_;
};

/** True for undefined and null. */
bool is_missing(napi_env env, napi_value value);
/** The memory of a Uint8Array. */
const uint8_t* octets_of(napi_env env, napi_value value, size_t& count);
/** Null if it is no table, or one that was freed. */
const Table* table_if(napi_env env, napi_value value);
float* floats_of(napi_env env, napi_value value, size_t count);
uint32_t* indices_of(napi_env env, napi_value value, size_t& count);

/** The product of sizes. Throws where it does not fit: such a shape has no memory behind it. */
size_t times(size_t a, size_t b);
inline size_t times(size_t a, size_t b, size_t c) { return times(times(a, b), c); }

/** Makes a function of exports; what it throws becomes JavaScript's error. */
using Function = napi_value (*)(const Arguments&);
void define(napi_env env, napi_value exports, const char* name, Function function);

napi_value number(napi_env env, double value);
napi_value text(napi_env env, const char* value);
napi_value wrap_table(napi_env env, std::unique_ptr<Table> table);
