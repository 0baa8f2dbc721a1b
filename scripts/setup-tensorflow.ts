import { defaultVersion, setUp } from '../backends/tensorflow/set-up/set-up.ts';
import { Fault } from '../harness/contract/fault.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';
import { verb } from './terminal/verb.ts';

const command = verb('setup:tensorflow', '[options]')
  .description(
    "Sets the tensorflow backend up: TensorFlow's C++ library, and an add-on built against it. For the CPU from the " +
      'official archive where it is reachable, else from a wheel of the Python registry; for a CUDA card from a wheel, ' +
      "with NVIDIA's libraries.",
  )
  .option('--version <version>', `TensorFlow's version (default: ${defaultVersion})`)
  .option('--cpu', 'for the CPU (default: for a card where nvidia-smi finds one)')
  .option('--cuda', 'for a CUDA card')
  .option('--wheel <file>', 'from a wheel on the disk: tensorflow or tensorflow-cpu, 2.12 or newer')
  .option('--archive [url]', "from an archive of TensorFlow's C library (default: the official one)")
  .option('--force', 'even if it is set up already');

interface Options {
  readonly version?: string;
  readonly cpu?: boolean;
  readonly cuda?: boolean;
  readonly wheel?: string;
  readonly archive?: string | true;
  readonly force?: boolean;
}

await main(async () => {
  const { version, cpu, cuda, wheel, archive, force } = command.parse().opts<Options>();
  if (cpu && cuda) throw new Fault('--cpu or --cuda, not both');
  if (wheel !== undefined && archive !== undefined) throw new Fault('--wheel or --archive, not both');
  if (version !== undefined && !/^\d+\.\d+\.\d+$/.test(version))
    throw new Fault(`--version ${version} is no version of TensorFlow: one is ${defaultVersion}`);
  const device = cpu ? 'cpu' : cuda ? 'cuda' : undefined;
  const say = (line: string) => print(`tensorflow: ${line}`);
  const { version: found, source, gpu } = await setUp({ version, device, wheel, archive, force }, say);
  say(
    `set up: TensorFlow ${found} from ${source}, ${gpu ? 'on a CUDA card' : 'on the CPU'}; --backend tensorflow`,
  );
  return 0;
});
