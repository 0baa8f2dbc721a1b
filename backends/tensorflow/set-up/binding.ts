import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../base/user-error.ts';
import { compile, type Compiler, nodeHeaders } from '../../compiler.ts';
import { bindingName } from '../installation.ts';

/** Node-API's version that the package's prebuilt add-ons are for. */
const nodeApi = 8;

/** How a wheel and an archive lie in their folder. */
const layouts = [
  { libraries: 'tensorflow', names: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] },
  { libraries: 'lib', names: ['libtensorflow.so.2', 'libtensorflow_framework.so.2'] },
] as const;

/**
 * Builds the package's add-on against the TensorFlow unpacked in `folder`. It finds its libraries beside itself. Throws a
 * UserError where there is no such library, or the compiler fails.
 */
export async function buildBinding(compiler: Compiler, packageFolder: string, folder: string): Promise<void> {
  const layout = layouts.find(({ libraries, names }) =>
    names.every((name) => existsSync(join(folder, libraries, name))),
  );
  if (layout === undefined)
    throw new UserError(
      'there is no TensorFlow library in it (libtensorflow_cc.so.2, as in wheels of 2.12 and newer, or lib/libtensorflow.so.2)',
    );
  const { libraries, names } = layout;
  const include = join(folder, libraries === 'lib' ? 'include' : 'tensorflow/include');
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(packageFolder, 'binding', name));
  const cuda = cudaLibraries(folder);
  const places = [libraries, ...new Set(cuda.map(({ place }) => place))];
  const args = [
    ['-std=c++17', '-O2', '-fPIC', '-shared', `-DNAPI_VERSION=${nodeApi}`],
    [`-I${nodeHeaders()}`, `-I${include}`, ...sources],
    ['-o', join(folder, bindingName)],
    names.map((name) => join(folder, libraries, name)),
    cuda.length === 0 ? [] : ['-Wl,--no-as-needed', ...cuda.map(({ file }) => file)],
    places.map((place) => `-Wl,-rpath,$ORIGIN/${place}`),
    // CUDA's libraries name each other, and find each other by paths of their own.
    ['-Wl,--allow-shlib-undefined'],
  ].flat();
  try {
    await compile(compiler, args);
  } catch (error) {
    throw new UserError(`the add-on was not built: ${(error as Error).message}`);
  }
}

/**
 * NVIDIA's libraries from wheels. TensorFlow opens them by their bare names, from wherever the system looks: those that
 * the add-on is linked with are open already by then.
 */
function cudaLibraries(folder: string): { file: string; place: string }[] {
  const root = join(folder, 'nvidia');
  if (!existsSync(root)) return [];
  const opened =
    /^lib(cudart|cublas|cublasLt|cufft|curand|cusolver|cusparse|cudnn|cupti|nccl|nvJitLink)\.so\.\d+$/;
  return readdirSync(root).flatMap((name) => {
    const place = `nvidia/${name}/lib`;
    if (!existsSync(join(folder, place))) return [];
    return readdirSync(join(folder, place))
      .filter((file) => opened.test(file))
      .map((file) => ({ file: join(folder, place, file), place }));
  });
}
