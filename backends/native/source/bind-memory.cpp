#include <memory>

#include "arguments.h"

namespace {

using Shared = std::shared_ptr<Memory>;

/**
 * allocate(bytes): an ArrayBuffer outside of JavaScript's heap; freed when it is garbage.
 *
 * Node owns the finalizer's reference from the call on, also where it refuses the buffer: Node 20 refuses more than 4 GiB and
 * runs the finalizer, within the call or later; other refusals may not run it. So a refusal empties the memory through a
 * reference of its own, and leaves Node's alone: 40 bytes are lost where Node never comes back for it.
 */
napi_value allocate(const Arguments& arguments) {
  const napi_env env = arguments.env();
  const size_t asked = arguments.size(0);
  const Shared memory = std::make_shared<Memory>(asked);
  napi_value buffer;
  const napi_status status = napi_create_external_arraybuffer(
      env, memory->data(), memory->bytes(), [](napi_env, void*, void* reference) { delete static_cast<Shared*>(reference); },
      new Shared(memory), &buffer);
  if (status == napi_ok) return buffer;
  *memory = Memory();
  if (status != napi_generic_failure && status != napi_pending_exception) check(env, status);
  napi_value refusal; // Node's own error does not name the bytes
  napi_get_and_clear_last_exception(env, &refusal);
  throw OutOfMemory{asked};
}

} // namespace

void define_memory(napi_env env, napi_value exports) { define(env, exports, "allocate", allocate); }
