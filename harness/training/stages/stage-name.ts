import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../base/canonical-json.ts';
import type { OpenBackend } from '../../contract/backend.ts';
import type { Data } from '../../contract/data.ts';
import { identityOf, type PlanPart } from '../../contract/known-embed.ts';
import type { IdMap } from '../../contract/indices.ts';
import type { Plan } from '../../contract/method.ts';
import type { Model } from '../../contract/model.ts';

/** Members of a plan that its first training depends on, and those that come after it. A new one has to be put in its place here. */
const memberIs: Readonly<Record<keyof Plan, 'training' | 'later'>> = {
  ...{ tables: 'training', weights: 'training', maps: 'training', embed: 'training' },
  ...{ afterStep: 'training', memory: 'training', training: 'training' },
  ...{ choices: 'later', toldApart: 'later', serving: 'later', next: 'later', converter: 'later' },
};

/**
 * All of a plan that its first training depends on, as text; undefined if that cannot be told: its embed() is no known one, it changes
 * rows after steps, or it looks up what it does not list. The form in which tables are stored is left out, because training
 * knows floats alone, and so is what comes after training.
 */
export function trainedPartOf(plan: Plan): string | undefined {
  const identity = identityOf(plan);
  if (identity === undefined || plan.afterStep !== undefined || plan.memory !== undefined) return undefined;
  if (Object.keys(plan).some((member) => !(member in memberIs))) return undefined;
  const { tables, weights = [], maps = [] } = plan;
  const listed: readonly PlanPart[] = [...tables, ...weights, ...maps];
  const places = identity.parts.map((part) => placeOf(part, listed));
  if (places.includes(undefined)) return undefined;
  return canonicalJson({
    embed: identity.text,
    places,
    tables: tables.map((table) => ({ ...table, stored: undefined })),
    weights,
    maps: maps.map(contentOf),
    training: { ...plan.training, name: undefined },
  });
}

/**
 * The text of all that decides the first stage of a run, bit by bit, on one machine and with one state of the code: stages of
 * equal names are the same. Undefined if the stage has no name. `settings`: those of the run, each of which counts, known here
 * or not.
 */
export function stageName(
  data: Data,
  plan: Plan,
  model: Model,
  backend: OpenBackend,
  settings: Readonly<Record<string, unknown>>,
): string | undefined {
  // Estimated gradients have a state of their own, which nobody writes down.
  if (settings.gradients !== undefined) return undefined;
  const trained = trainedPartOf(plan);
  if (trained === undefined) return undefined;
  const { fingerprint, protocol, rows, denseFields } = data;
  return canonicalJson({
    data: { fingerprint, protocol, rows, denseFields },
    plan: trained,
    model: model.name,
    settings,
    backend: {
      name: backend.name,
      version: backend.version,
      threads: backend.threads,
      build: backend.build?.(),
    },
  });
}

/** The place of what an embed() looks up. Maps that are not served need not be listed: their content stands for them. */
function placeOf(part: PlanPart, listed: readonly PlanPart[]): unknown {
  const place = listed.indexOf(part);
  if (place >= 0) return place;
  return 'values' in part ? contentOf(part) : undefined;
}

const contentOf = ({ length, bits, values }: IdMap) => ({ length, bits, values: digestOf(values) });

function digestOf(values: Uint32Array): string {
  return createHash('sha256').update(values).digest('hex');
}
