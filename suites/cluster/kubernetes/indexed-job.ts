import type { ArrayRange } from '../submission/array-ranges.ts';
import { taskCode } from '../tasks/exit-codes.ts';
import type { KubernetesOptions } from './kubernetes-options.ts';

/** The most tasks of a Job: it keeps a list of those that ended, and the cluster limits the size of an object. */
export const maxTasks = 10_000;

/** A task that ended without a word is tried again so many times: its node may have failed, or its memory been too small. */
const triesAgain = 2;
/** Seconds between SIGTERM and SIGKILL: a run ends, and its record is written. */
const graceSeconds = 90;

export interface JobOfTasks {
  /** The name of the Job; with the number of its last task it has at most 63 letters. */
  readonly name: string;
  /** A hash of the plan's folder, by which kubectl finds all Jobs of the plan. */
  readonly plan: string;
  readonly directory: string;
  readonly list: string;
  readonly range: ArrayRange;
  /** Tasks at the same time. */
  readonly parallel: number;
  readonly threads: number;
  /** The path of an empty volume on the node's own disk; none if absent. */
  readonly scratch?: string;
}

export const scratchWords = (scratch: string | undefined) =>
  scratch === undefined ? [] : ['--scratch', scratch];

/** Labels of a plan's Jobs and pods. */
export const labelsOf = (plan: string) => ({
  'app.kubernetes.io/name': 'embed-bench',
  'embed-bench/plan': plan,
});

/**
 * A Job of completion mode Indexed: task `first` + i of the list runs in the pod of index i. The pod asks for what its runs take, and is given no
 * more: a run that would take more is recorded as too large. What the cluster takes back (preemption, a drained node) does not count as
 * a failure; a task whose runs failed is not repeated, because they are recorded.
 */
export function indexedJob(
  { name, plan, directory, list, range, parallel, threads, scratch }: JobOfTasks,
  { image, claim, mount, namespace }: KubernetesOptions,
) {
  const labels = labelsOf(plan);
  const resources = {
    cpu: String(threads),
    ...(range.megabytes !== undefined && { memory: `${range.megabytes}Mi` }),
  };
  const security = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, ...(namespace !== undefined && { namespace }), labels },
    spec: {
      completionMode: 'Indexed',
      completions: range.tasks,
      parallelism: Math.min(parallel, range.tasks),
      backoffLimitPerIndex: triesAgain,
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          {
            action: 'FailIndex',
            onExitCodes: { operator: 'In', values: [taskCode.mistake, taskCode.runsFailed] },
          },
        ],
      },
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: graceSeconds,
          securityContext: {
            ...{ runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
            fsGroupChangePolicy: 'OnRootMismatch',
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: 'task',
              image,
              // Nothing stands between the cluster and node: a shell would keep its signals.
              command: ['node', '/app/start/verb.js', 'work', directory, '--list', list],
              args: ['--first', String(range.first), ...scratchWords(scratch)],
              // Asked for and given alike: no other pod's memory or processors are taken.
              resources: { requests: resources, limits: resources },
              securityContext: security,
              volumeMounts: [
                { name: 'shared', mountPath: mount },
                ...(scratch === undefined ? [] : [{ name: 'scratch', mountPath: scratch }]),
              ],
            },
          ],
          volumes: [
            { name: 'shared', persistentVolumeClaim: { claimName: claim } },
            ...(scratch === undefined ? [] : [{ name: 'scratch', emptyDir: {} }]),
          ],
        },
      },
    },
  };
}
