import type { Method } from '../harness/contract/method.ts';
import type { Model } from '../harness/contract/model.ts';
import type { DatasetSpec } from '../datasets/index.ts';
import type { MethodTraits } from './method-traits.ts';

/** The exports of a plug-in's module; others are left alone. */
export interface Plugin {
  readonly methods?: readonly Method[];
  readonly models?: readonly Model[];
  readonly datasets?: readonly DatasetSpec[];
  /** Facts about its methods that the conformance suite has to know, by name. */
  readonly traits?: Readonly<Record<string, MethodTraits>>;
}

/** The code that a record's numbers came from, beside this project's own. */
export interface PluginIdentity {
  /** The name of its file or of its package. */
  readonly name: string;
  /** The version of its package; absent for a file. */
  readonly version?: string;
  /** Sixteen hex digits of a hash of its code (digest.ts). */
  readonly digest: string;
}

/** A plug-in of a comparison, as every process of it loads the plug-in. */
export interface PluginUse extends PluginIdentity {
  /** The text of `--plugin`: a path, or the name of a package, seen from the working directory. */
  readonly from: string;
}

/** A plug-in in this process. */
export interface LoadedPlugin {
  readonly use: PluginUse;
  readonly plugin: Plugin;
}
