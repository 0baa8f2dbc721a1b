import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { UserError } from '../../../base/user-error.ts';
import type { Plan } from '../plan/plan-file.ts';

/** The user's choices for pods of a plan. */
export interface KubernetesOptions {
  /** The image that the Containerfile builds, with a tag or a digest. */
  readonly image: string;
  /** A PersistentVolumeClaim that many nodes can write (ReadWriteMany). */
  readonly claim: string;
  /** The path of its volume in pods: the same that the plan was made with. */
  readonly mount: string;
  /** The namespace of kubectl's context if absent. */
  readonly namespace?: string;
  /** Megabytes of 2^20 bytes that the largest node can give to a pod; no pod asks for more. */
  readonly nodeMegabytes?: number;
}

/** A name of at most 63 letters, as a namespace has; claims may have dots and 253. */
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Throws a UserError for what the cluster would refuse, or what would give its pods another code. */
export function requireUsable({ image, claim, mount, namespace }: KubernetesOptions, scratch?: string): void {
  const [, tag] = /^[^\s@]*?[^\s@/:]+(?::([\w][\w.-]{0,127}))?(?:@sha256:[0-9a-f]{64})?$/.exec(image) ?? [];
  const digest = image.includes('@sha256:');
  if (!digest && (tag === undefined || tag === 'latest'))
    throw new UserError(
      `--image ${image}: give it a tag of its own, or a digest: without one, nodes may take different code under one name`,
    );
  if (claim.length > 253 || !claim.split('.').every((part) => label.test(part)))
    throw new UserError(
      `--claim ${claim}: not a name of a PersistentVolumeClaim: small letters, digits, dashes; at most 253`,
    );
  if (namespace !== undefined && !label.test(namespace))
    throw new UserError(
      `--namespace ${namespace}: not a name of a namespace: small letters, digits, dashes; at most 63`,
    );
  if (scratch !== undefined && (resolve(scratch) !== scratch || scratch === '/' || scratch.startsWith(mount)))
    throw new UserError(
      `--scratch ${scratch}: in pods it is the path of an empty volume of its own, as in --scratch /scratch`,
    );
  if (mount === '/' || resolve(mount) !== mount.replace(/\/$/, '') || /[:\0]/.test(mount))
    throw new UserError(
      `--claim ${claim}:${mount}: the path of the volume in pods is missing or wrong; give one as in --claim shared:/shared`,
    );
}

/** Throws a UserError if pods would not see a file of the plan: all are at the paths that the plan was made with. */
export function requireOnVolume(
  directory: string,
  { folder, log, preparedIn }: Plan,
  { claim, mount }: KubernetesOptions,
) {
  const { cache, options } = log.request;
  const files = Object.values(options ?? {})
    .flat()
    .filter((value) => typeof value === 'string')
    .map((value) => resolve(folder, value))
    .filter(existsSync);
  for (const [what, path] of [
    ['the plan', directory],
    ['the prepared data (--cache)', preparedIn ?? resolve(folder, cache)],
    ...files.map((file) => ['the log', file] as const),
  ] as const) {
    const inside = relative(mount, path);
    if (inside.startsWith('..') || inside.startsWith('/'))
      throw new UserError(
        `${path}: ${what} is not in ${mount}, where pods have the volume of ${claim}; plan with --plan and --cache in ${mount}`,
      );
  }
}
