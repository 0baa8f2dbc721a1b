/**
 * The verbs of the package, in the order of its help. A verb that needs the project's sources, such as one that writes a method into them, is
 * one of a checkout.
 *
 * @type {Readonly<Record<string, { readonly program: string, readonly npm: string, readonly about: string }>>}
 */
export const commands = Object.fromEntries(
  [
    ['bench', 'trains methods, the baseline and references, and writes results and a report'],
    ['list', 'shows methods, data sets, models and suites'],
    [
      'check',
      'checks the methods of a plug-in against the rules for all methods',
      'check-method',
      'check:method',
    ],
    ['data', 'prepares a log without training, or proposes a schema'],
    ['report', 'writes the report of a recording again'],
    ['compare', 'compares two recordings'],
    ['export', 'writes a trained model for use elsewhere'],
    ['compress', 'compresses embedding tables that were trained elsewhere'],
    ['table', 'writes a recording as a table of runs, Parquet or CSV'],
    ['mlflow', 'logs a recording to MLflow'],
    ['contribute', 'checks a recording and lays it out for a pull request'],
    ['verdicts', 'counts the verdicts of every budget'],
    ['power', 'says how many seeds, rows and hours show a difference'],
    ['site', 'writes published recordings as a static site'],
    ['submit', 'gives the runs of a plan to Slurm, Kubernetes or a list of commands'],
    ['status', 'says what a plan has and what is missing'],
    ['merge', 'makes one recording of what tasks recorded'],
    ['resubmit', 'submits what is missing'],
    ['work', 'carries out one task of a plan'],
    ['doctor', 'shows which backends work on this machine'],
    [
      'build-native',
      'builds the native backend, where the machine has a C++ compiler',
      'build-native',
      'build:native',
    ],
  ].map(([name, about, script = name, npm = name]) => [
    name,
    { program: `scripts/${script}.ts`, npm, about },
  ]),
);

/** Makes texts for the user name these commands, as they are typed (base/command-spelling.ts). */
export function spellCommands() {
  const spelled = Object.entries(commands).map(([name, { npm }]) => [npm, name]);
  Object.assign(globalThis, { [Symbol.for('embed-bench.commands')]: Object.fromEntries(spelled) });
}
