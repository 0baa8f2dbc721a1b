import { choosingSeed } from '../../analysis/comparisons/chosen-rate.ts';
import { machineOfRun } from '../../results/hardware.ts';
import type { Column } from './column.ts';
import { all, json } from './make-column.ts';

/** Facts of the data have no fixed form: a recording of another version may have others. */
const textOf = (fact: unknown) => (typeof fact === 'string' ? fact : null);
const numberOf = (fact: unknown) => (typeof fact === 'number' ? fact : null);

/** Settings, names and times: the same columns in runs of every status. */
export const askedColumns: readonly Column[] = [
  all('recording', 'text', 'name of the recording', ({ run }) => run.recording),
  all('run', 'text', 'id of the run: a hash of everything that decides its numbers', ({ run }) => run.id),
  all(
    'status',
    'text',
    'completed, infeasible (no plan fits the budget), too large (for the memory) or failed',
    ({ run }) => run.status,
  ),
  all('error', 'text', 'why it did not complete', ({ run }) => ('error' in run ? run.error : null)),
  all('dataset', 'text', 'name of the data set', ({ run }) => run.dataset.name),
  all(
    'protocol',
    'text',
    'split of the rows: temporal, random, given or rolling',
    ({ run }) => run.dataset.protocol,
  ),
  all(
    'data_fingerprint',
    'text',
    'hash of the prepared rows: runs with another one are not comparable',
    ({ run }) => run.dataset.fingerprint,
  ),
  all('id_order', 'text', 'numbering of the ids: frequency, first-seen or hashed', ({ environment }) =>
    textOf(environment.data?.facts.order),
  ),
  all(
    'ids_per_token',
    'double',
    'ids of a field for each of its different training tokens; null unless the ids are hashed',
    ({ environment }) => numberOf(environment.data?.facts.idsPerToken),
  ),
  all('train_rows', 'int', 'rows of the training part', ({ run }) => run.dataset.rows.train, 'rows'),
  all(
    'validation_rows',
    'int',
    'rows of the validation part',
    ({ run }) => run.dataset.rows.validation,
    'rows',
  ),
  all('test_rows', 'int', 'rows of the test part', ({ run }) => run.dataset.rows.test, 'rows'),
  all('method', 'text', 'name of the method', ({ run }) => run.method),
  all('method_options', 'json', 'all options of the method, defaults included', ({ run }) =>
    json(run.options),
  ),
  all(
    'reference',
    'text',
    'the reference that the run is of; null for runs of methods',
    ({ run }) => run.reference ?? null,
  ),
  all('model', 'text', 'network above the embedding layer', ({ run }) => run.model),
  all('network', 'text', 'options of the model in a few characters', ({ run }) => run.network),
  all('dim', 'int', 'floats of a vector as the model takes it', ({ run }) => run.dim, 'floats'),
  all('optimizer', 'text', 'update rule', ({ run }) => run.optimizer),
  all('optimizer_options', 'json', 'numbers of the optimizer that differ from its defaults', ({ run }) =>
    json(run.optimizerOptions),
  ),
  all('learning_rate', 'double', 'learning rate', ({ run }) => run.learningRate),
  all(
    'chooses_rate',
    'boolean',
    'true for trials of seed 0, which choose a learning rate and are in no mean',
    ({ run }) => run.seed === choosingSeed,
  ),
  all('batch_size', 'int', 'samples of a training step', ({ run }) => run.batchSize, 'samples'),
  all('batch_order', 'text', 'order of training batches: log or shuffled', ({ run }) => run.batchOrder),
  all('epochs', 'int', 'epochs that were asked for', ({ run }) => run.epochs),
  all(
    'patience',
    'int',
    'epochs without a better validation AUC that end a stage',
    ({ run }) => run.patience ?? null,
  ),
  all(
    'reduce_on_plateau',
    'double',
    'divisor of the learning rate after such an epoch',
    ({ run }) => run.reduceOnPlateau ?? null,
  ),
  all(
    'warm_up',
    'double',
    'share of an epoch over which the learning rate rises',
    ({ run }) => run.warmUp ?? null,
  ),
  all('decay', 'text', 'decline of the learning rate', ({ run }) => run.decay ?? null),
  all('l2_rows', 'double', 'factor of half the squares of looked-up floats', ({ run }) => run.l2Rows ?? null),
  all(
    'l2_network',
    'double',
    'factor of half the squares of the network',
    ({ run }) => run.l2Network ?? null,
  ),
  all(
    'dropout',
    'double',
    'share of hidden outputs that a step leaves out',
    ({ run }) => run.dropout ?? null,
  ),
  all(
    'average',
    'double',
    "share of an epoch's last steps whose mean of the weights was scored",
    ({ run }) => run.average ?? null,
  ),
  all(
    'activations',
    'int',
    'bits of saved activations; 32 is exact',
    ({ run }) => run.activations ?? 32,
    'bits',
  ),
  all(
    'gradients',
    'text',
    'exact, or the estimate of gradients of dense layers',
    ({ run }) => run.gradients ?? 'exact',
  ),
  all('seed', 'int', 'seed of first weights, hashes and the order of batches', ({ run }) => run.seed),
  all('backend', 'text', 'tensor backend', ({ run }) => run.backend),
  all('threads', 'int', 'threads of the backend', ({ run }) => run.threads),
  all('started_at', 'time', 'begin of the run', ({ run }) => new Date(run.startedAt)),
  all('seconds', 'double', 'wall time of the run', ({ run }) => run.seconds, 's'),
  all('machine', 'text', 'hardware that made the run', ({ run, environment }) =>
    machineOfRun(environment, run),
  ),
  all(
    'commit',
    'text',
    'commit of embed-bench when the recording was begun or continued last; null if unknown',
    ({ environment }) => environment.commit,
  ),
  all(
    'plugins',
    'text',
    'plug-ins that the method, the model or the data set came from, each with the digest of its code; null if all are of embed-bench',
    ({ run }) => run.plugins?.map(({ name, digest }) => `${name} ${digest}`).join(', ') ?? null,
  ),
  all('note', 'text', 'what --note said of the recording', ({ environment }) => environment.note ?? null),
  all(
    'requested_compression',
    'double',
    'full bytes / budget that was asked for',
    ({ run }) => run.compression.requested,
  ),
  all(
    'counts_keys',
    'boolean',
    'true if the budget and full bytes hold keys of ids',
    ({ run }) => run.count === 'keys',
  ),
];
