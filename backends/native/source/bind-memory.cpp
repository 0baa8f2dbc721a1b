#include <cstring>

#include "arguments.h"

namespace {

/** allocate(bytes): an ArrayBuffer outside of JavaScript's heap; freed when it is garbage. */
napi_value allocate(const Arguments& arguments) {
  auto* memory = new Memory(arguments.size(0));
  napi_value buffer;
  const napi_status status = napi_create_external_arraybuffer(
      arguments.env(), memory->data(), memory->bytes(), [](napi_env, void*, void* hint) { delete static_cast<Memory*>(hint); },
      memory, &buffer);
  if (status != napi_ok) delete memory;
  check(arguments.env(), status);
  return buffer;
}

} // namespace

void define_memory(napi_env env, napi_value exports) { define(env, exports, "allocate", allocate); }
