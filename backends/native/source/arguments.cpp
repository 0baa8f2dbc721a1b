#include "arguments.h"

#include <cmath>
#include <new>

namespace {

constexpr napi_type_tag table_tag = {0x6b1f0a2c55e94d10ULL, 0x93c7d2e84bb1a6f5ULL};

void raise(napi_env env, const Failure& failure) {
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending) return;
  switch (failure.kind) {
    case Failure::range: napi_throw_range_error(env, nullptr, failure.message.c_str()); return;
    case Failure::type: napi_throw_type_error(env, nullptr, failure.message.c_str()); return;
    case Failure::other: napi_throw_error(env, nullptr, failure.message.c_str()); return;
  }
}

std::string position(size_t i) { return "argument " + std::to_string(i + 1); }

napi_value call(napi_env env, napi_callback_info info) {
  try {
    const Arguments arguments(env, info);
    void* function;
    check(env, napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &function));
    return reinterpret_cast<Function>(function)(arguments);
  } catch (const Failure& failure) {
    raise(env, failure);
  } catch (const OutOfMemory& memory) {
    raise(env, {Failure::range, memory.bytes == SIZE_MAX
                                    ? std::string("out of memory: more bytes were asked for than an address has")
                                    : "out of memory: " + std::to_string(memory.bytes) + " bytes were asked for"});
  } catch (const std::bad_alloc&) {
    raise(env, {Failure::range, "out of memory"});
  } catch (const std::exception& error) {
    raise(env, {Failure::other, error.what()});
  }
  return nullptr;
}

} // namespace

void check(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  throw Failure{Failure::type, info && info->error_message ? info->error_message : "a Node-API call failed"};
}

Arguments::Arguments(napi_env env, napi_callback_info info) : env_(env) {
  check(env, napi_get_cb_info(env, info, &count_, values_, nullptr, nullptr));
  check(env, napi_get_instance_data(env, reinterpret_cast<void**>(&addon_)));
}

napi_value Arguments::value(size_t i) const {
  if (i >= count_ || i >= most) throw Failure{Failure::type, position(i) + " is missing"};
  return values_[i];
}

bool is_missing(napi_env env, napi_value value) {
  napi_valuetype type;
  check(env, napi_typeof(env, value, &type));
  return type == napi_undefined || type == napi_null;
}

bool Arguments::missing(size_t i) const { return i >= count_ || is_missing(env_, values_[i]); }

bool Arguments::flag(size_t i) const {
  bool result;
  if (napi_get_value_bool(env_, value(i), &result) != napi_ok)
    throw Failure{Failure::type, position(i) + " must be true or false"};
  return result;
}

double Arguments::number(size_t i) const {
  double result;
  if (napi_get_value_double(env_, value(i), &result) != napi_ok)
    throw Failure{Failure::type, position(i) + " must be a number"};
  return result;
}

size_t Arguments::size(size_t i) const {
  const double result = number(i);
  if (!(result >= 0) || result > 9007199254740992.0 || result != std::floor(result))
    throw Failure{Failure::range, position(i) + " must be a whole number from 0, not " + std::to_string(result)};
  return static_cast<size_t>(result);
}

std::string Arguments::text(size_t i) const {
  char buffer[64];
  size_t length;
  if (napi_get_value_string_utf8(env_, value(i), buffer, sizeof buffer, &length) != napi_ok)
    throw Failure{Failure::type, position(i) + " must be a string"};
  return {buffer, length};
}

namespace {

/** Memory that other threads may write: what was checked could change while it is used. */
void refuse_shared(napi_env env, napi_value buffer) {
  bool unshared = false;
  check(env, napi_is_arraybuffer(env, buffer, &unshared));
  if (!unshared) throw Failure{Failure::type, "memory that is not shared with other threads was expected: pass a copy"};
}

/** The memory of a typed array. */
void* memory_of(napi_env env, napi_value value, napi_typedarray_type wanted, const char* name, size_t& length) {
  napi_typedarray_type type;
  void* data;
  napi_value buffer;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, &buffer, nullptr) != napi_ok || type != wanted)
    throw Failure{Failure::type, std::string("a ") + name + " was expected"};
  refuse_shared(env, buffer);
  return data;
}

} // namespace

float* floats_of(napi_env env, napi_value value, size_t count) {
  size_t length;
  void* data = memory_of(env, value, napi_float32_array, "Float32Array", length);
  if (length < count)
    throw Failure{Failure::range, "an array of " + std::to_string(length) + " floats is too short for the shape, which has " +
                                      std::to_string(count)};
  return static_cast<float*>(data);
}

uint32_t* indices_of(napi_env env, napi_value value, size_t& count) {
  return static_cast<uint32_t*>(memory_of(env, value, napi_uint32_array, "Uint32Array", count));
}

const uint8_t* octets_of(napi_env env, napi_value value, size_t& count) {
  return static_cast<const uint8_t*>(memory_of(env, value, napi_uint8_array, "Uint8Array", count));
}

float* Arguments::floats(size_t i, size_t count) const { return floats_of(env_, value(i), count); }

float* Arguments::optional_floats(size_t i, size_t count) const { return missing(i) ? nullptr : floats(i, count); }

uint32_t* Arguments::indices(size_t i, size_t& count) const { return indices_of(env_, value(i), count); }

std::vector<napi_value> Arguments::elements(size_t i) const {
  uint32_t count;
  check(env_, napi_get_array_length(env_, value(i), &count));
  std::vector<napi_value> all(count);
  for (uint32_t at = 0; at < count; at++) check(env_, napi_get_element(env_, value(i), at, &all[at]));
  return all;
}

Numbers Arguments::numbers(size_t i) const {
  napi_typedarray_type type;
  size_t length;
  void* data;
  napi_value buffer;
  if (napi_get_typedarray_info(env_, value(i), &type, &length, &data, &buffer, nullptr) == napi_ok) {
    refuse_shared(env_, buffer);
    if (type == napi_float32_array) return {float32, data, length};
    if (type == napi_int32_array) return {int32, data, length};
    if (type == napi_uint8_array) return {uint8, data, length};
  }
  throw Failure{Failure::type, position(i) + " must be a Float32Array, Int32Array or Uint8Array"};
}

Numbers Arguments::numbers(size_t i, Type type, size_t least) const {
  const Numbers result = numbers(i);
  if (result.type != type) throw Failure{Failure::type, position(i) + " is an array of another type than was expected"};
  if (result.length < least)
    throw Failure{Failure::range, position(i) + " has " + std::to_string(result.length) +
                                      " numbers, too few for the shape, which has " + std::to_string(least)};
  return result;
}

const double* Arguments::doubles(size_t i, size_t count) const {
  napi_typedarray_type type;
  size_t length;
  void* data;
  if (napi_get_typedarray_info(env_, value(i), &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_float64_array)
    throw Failure{Failure::type, position(i) + " must be a Float64Array"};
  if (length < count) throw Failure{Failure::range, position(i) + " is too short"};
  return static_cast<const double*>(data);
}

namespace {

Table* table_of(napi_env env, napi_value value) {
  bool tagged = false;
  void* data = nullptr;
  if (napi_check_object_type_tag(env, value, &table_tag, &tagged) != napi_ok || !tagged ||
      napi_unwrap(env, value, &data) != napi_ok)
    return nullptr;
  return static_cast<Table*>(data);
}

} // namespace

const Table* table_if(napi_env env, napi_value value) { return table_of(env, value); }

Table& Arguments::table(size_t i) const {
  Table* table = table_of(env_, value(i));
  if (table == nullptr) throw Failure{Failure::type, position(i) + " must be a table that was not freed"};
  return *table;
}

std::unique_ptr<Table> Arguments::take_table(size_t i) const {
  table(i);
  void* data = nullptr;
  check(env_, napi_remove_wrap(env_, value(i), &data));
  return std::unique_ptr<Table>(static_cast<Table*>(data));
}

size_t times(size_t a, size_t b) {
  size_t result;
  if (__builtin_mul_overflow(a, b, &result)) throw Failure{Failure::range, "the shape is larger than memory can be"};
  return result;
}

void define(napi_env env, napi_value exports, const char* name, Function function) {
  napi_value value;
  check(env, napi_create_function(env, name, NAPI_AUTO_LENGTH, call, reinterpret_cast<void*>(function), &value));
  check(env, napi_set_named_property(env, exports, name, value));
}

napi_value number(napi_env env, double value) {
  napi_value result;
  check(env, napi_create_double(env, value, &result));
  return result;
}

napi_value text(napi_env env, const char* value) {
  napi_value result;
  check(env, napi_create_string_utf8(env, value, NAPI_AUTO_LENGTH, &result));
  return result;
}

napi_value wrap_table(napi_env env, std::unique_ptr<Table> table) {
  napi_value object;
  check(env, napi_create_object(env, &object));
  check(env, napi_type_tag_object(env, object, &table_tag));
  check(env, napi_wrap(env, object, table.get(), [](napi_env, void* data, void*) { delete static_cast<Table*>(data); },
                       nullptr, nullptr));
  table.release(); // the object's from here on
  return object;
}
