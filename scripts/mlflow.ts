import { plural } from '../base/plural.ts';
import { given } from './options/values.ts';
import { verb } from './options/verb.ts';
import { logRecording } from './mlflow/log-recording.ts';
import { MlflowServer } from './mlflow/server.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';

const command = verb('mlflow', '<recording> --url <address>')
  .description(
    'Logs a recording to an MLflow server: an experiment for the recording, a run for each run, with parameters, metrics, learning curve and ' +
      'report. Again logs what is new or changed, and nothing twice.',
  )
  .argument('<recording>', 'folder of a recording, under results/ or recordings/')
  .option(
    '--url <address>',
    'address of the server (default: the variable MLFLOW_TRACKING_URI, or http://127.0.0.1:5000)',
    given,
  )
  .option(
    '--experiment <name>',
    'name of the experiment (default: embed-bench/ and the name of the recording)',
    given,
  );

export const ended = main(async () => {
  const [folder] = command.parse().args;
  const { url, experiment } = command.opts<{ url?: string; experiment?: string }>();
  const address = url ?? process.env.MLFLOW_TRACKING_URI ?? 'http://127.0.0.1:5000';
  const logged = await logRecording(new MlflowServer(address), folder, experiment);
  const { added, replaced, known, experimentId, withoutReport } = logged;
  const anew = replaced > 0 ? ` (${replaced} of them anew)` : '';
  print(`logged: ${plural(added, 'run')}${anew}, ${known} were there, the recording's own run among them`);
  if (withoutReport !== undefined) print(`without the report: ${withoutReport}`);
  print(`experiment: ${logged.experiment}, ${address.replace(/\/+$/, '')}/#/experiments/${experimentId}`);
  return 0;
});
