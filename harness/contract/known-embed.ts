import { canonicalJson } from '../../base/canonical-json.ts';
import type { IdMap } from './indices.ts';
import type { Plan, RowGroup, Table, VectorGroup, Weight } from './method.ts';

export type Embed = Plan['embed'];
export type PlanPart = Table | Weight | IdMap;

/** All that decides an embed(): two of the same identity compute the same from parts with the same content. */
export interface EmbedIdentity {
  /** The maker's name and its settings, as JSON. */
  readonly text: string;
  /** The tables, weights and maps that it looks up. */
  readonly parts: readonly PlanPart[];
}

/** Kept by function and not in plans: a plan with another embed() cannot keep the identity of the one before. */
const identities = new WeakMap<Embed, EmbedIdentity>();
const names = new Set<string>();

/**
 * Makes an embed() known, so that stages of several plans may be recognized as the same training. Called once, at the level of
 * a module: `make` may use nothing but its two arguments and what modules import. It is given the settings as they are read from
 * their JSON, so that what is not in their text cannot reach it. Throws an Error if two makers have one name.
 */
export function knownEmbed<Settings, Parts extends readonly PlanPart[]>(
  name: string,
  make: (settings: Settings, parts: Parts) => Embed,
): (settings: Settings, parts: Parts) => Embed {
  if (names.has(name)) throw new Error(`two makers of embed() are named ${name}`);
  names.add(name);
  return (settings, parts) => {
    const embed = make(JSON.parse(canonicalJson(settings)) as Settings, parts);
    identities.set(embed, { text: canonicalJson([name, settings]), parts: [...parts] });
    return embed;
  };
}

/** The same lookups in other tables, which take the place of its own. It is known if the embed() of the plan is. */
export function embedInPlaceOf(plan: Pick<Plan, 'embed'>, outer: (table: Table) => Table): Embed {
  const outerGroup = (group: RowGroup | VectorGroup) =>
    'table' in group ? { ...group, table: outer(group.table) } : group;
  const embed: Embed = (lookup) => {
    const { rows, join } = lookup;
    return plan.embed({
      ...lookup,
      rows: (table, indices) => rows(outer(table), indices),
      ...(join && { join: (groups, ...shape) => join(groups.map(outerGroup), ...shape) }),
    });
  };
  const known = identityOf(plan);
  if (known)
    identities.set(embed, {
      ...known,
      parts: known.parts.map((part) => ('parts' in part ? outer(part) : part)),
    });
  return embed;
}

/** Undefined where the embed() is no known one. */
export function identityOf(plan: Pick<Plan, 'embed'>): EmbedIdentity | undefined {
  const { embed } = plan as { readonly embed: Embed };
  return identities.get(embed);
}
