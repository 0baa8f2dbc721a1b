import { defaultVersion } from '../backends/tensorflow/set-up/pins.ts';
import { setUp } from '../backends/tensorflow/set-up/set-up.ts';
import { UserError } from '../base/user-error.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('setup:tensorflow', '[options]', { ownVersion: true })
  .description(
    "Sets the tensorflow backend up: TensorFlow's C++ library, and an add-on built against it. The library comes from a " +
      "wheel of the Python registry, for a CUDA card with NVIDIA's libraries. The downloads of the default version are " +
      'pinned by sha256; for another version, wheel or archive, --sha256 states the digest.',
  )
  .option('--version <version>', `TensorFlow's version (default: ${defaultVersion})`)
  .option('--cpu', 'CPU build (default: CUDA if nvidia-smi finds a card)')
  .option('--cuda', 'CUDA build')
  .option('--wheel <file>', 'wheel on the disk: tensorflow or tensorflow-cpu, 2.12 or newer')
  .option(
    '--archive [url]',
    "archive of TensorFlow's C library, fetched by https (default: the official one)",
  )
  .option(
    '--sha256 <hex>',
    'digest of the wheel or archive; another one is not unpacked (default: a warning that names it)',
  )
  .option('--force', 'repetition of a set-up that is there already');

interface Options {
  readonly version?: string;
  readonly cpu?: boolean;
  readonly cuda?: boolean;
  readonly wheel?: string;
  readonly archive?: string | true;
  readonly sha256?: string;
  readonly force?: boolean;
}

export const ended = main(async () => {
  const { version, cpu, cuda, wheel, archive, sha256, force } = command.parse().opts<Options>();
  if (cpu && cuda) throw new UserError('--cpu or --cuda, not both');
  if (wheel !== undefined && archive !== undefined) throw new UserError('--wheel or --archive, not both');
  if (version !== undefined && !/^\d+\.\d+\.\d+$/.test(version))
    throw new UserError(`--version ${version} is no version of TensorFlow: one is ${defaultVersion}`);
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256))
    throw new UserError(`--sha256 ${sha256} is no sha256: one has 64 hexadecimal digits`);
  const device = cpu ? 'cpu' : cuda ? 'cuda' : undefined;
  const say = (line: string) => print(`tensorflow: ${line}`);
  const {
    version: found,
    source,
    gpu,
  } = await setUp({ version, device, wheel, archive, sha256: sha256?.toLowerCase(), force }, say);
  say(
    `set up: TensorFlow ${found} from ${source}, ${gpu ? 'on a CUDA card' : 'on the CPU'}; --backend tensorflow`,
  );
  return 0;
});
