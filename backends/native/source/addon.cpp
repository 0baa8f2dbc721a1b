#include "addon.h"

#include <system_error>

#include "arguments.h"

void define_memory(napi_env env, napi_value exports);
void define_dense(napi_env env, napi_value exports);
void define_indices(napi_env env, napi_value exports);
void define_join_fields(napi_env env, napi_value exports);
void define_packed_rows(napi_env env, napi_value exports);
void define_estimates(napi_env env, napi_value exports);
void define_tables(napi_env env, napi_value exports);
void define_stored_rows(napi_env env, napi_value exports);
void define_elementwise(napi_env env, napi_value exports);
void define_reductions(napi_env env, napi_value exports);
void define_copies(napi_env env, napi_value exports);
void define_products(napi_env env, napi_value exports);
void define_models(napi_env env, napi_value exports);
void define_cross_layers(napi_env env, napi_value exports);
void define_cross_factors(napi_env env, napi_value exports);
void define_codewords(napi_env env, napi_value exports);

namespace {

const Kernels* kernels_named(const std::string& name) {
  if (name == "baseline") return kernels_baseline();
#if defined(__x86_64__)
  if (name == "avx2" && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return kernels_avx2();
  if (name == "avx512" && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    return kernels_avx512();
#endif
  return nullptr;
}

/** configure(threads, instructions): from here on; instructions undefined: the widest there are. Returns their name. */
napi_value configure(const Arguments& arguments) {
  Addon& addon = arguments.addon();
  const size_t threads = arguments.size(0);
  if (threads < 1 || threads > 1024) throw Failure{Failure::range, "threads must be 1 to 1024"};
  const Kernels* kernels = nullptr;
  if (arguments.missing(1)) {
    for (const char* name : {"avx512", "avx2", "baseline"})
      if (kernels == nullptr) kernels = kernels_named(name);
  } else {
    kernels = kernels_named(arguments.text(1));
    if (kernels == nullptr)
      throw Failure{Failure::other, "this processor has no instructions named " + arguments.text(1)};
  }
  if (addon.pool->threads() != static_cast<int>(threads)) {
    try {
      addon.pool = std::make_unique<ThreadPool>(static_cast<int>(threads));
    } catch (const std::system_error& error) {
      throw Failure{Failure::other, "the system does not start " + std::to_string(threads) + " threads: " + error.what()};
    }
  }
  addon.kernels = kernels;
  return text(arguments.env(), kernels->name);
}

} // namespace

NAPI_MODULE_INIT() {
  auto* addon = new Addon();
  if (napi_set_instance_data(env, addon, [](napi_env, void* data, void*) { delete static_cast<Addon*>(data); }, nullptr) !=
      napi_ok) {
    delete addon;
    return nullptr;
  }
  try {
    define(env, exports, "configure", configure);
    define_memory(env, exports);
    define_dense(env, exports);
    define_indices(env, exports);
    define_join_fields(env, exports);
    define_packed_rows(env, exports);
    define_estimates(env, exports);
    define_tables(env, exports);
    define_stored_rows(env, exports);
    define_elementwise(env, exports);
    define_reductions(env, exports);
    define_copies(env, exports);
    define_products(env, exports);
    define_models(env, exports);
    define_cross_layers(env, exports);
    define_cross_factors(env, exports);
    define_codewords(env, exports);
  } catch (const Failure& failure) {
    napi_throw_error(env, nullptr, failure.message.c_str());
  }
  return exports;
}
