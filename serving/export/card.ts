import type { Manifest } from '../program/manifest.ts';

/** Sizes and scores of an exported model, for its card. */
export interface CardFacts {
  readonly manifest: Manifest;
  /** Bytes of the embedding layer in model.safetensors, beside those that are counted. */
  readonly layerBytes: number;
  readonly networkBytes: number;
  readonly vocabularyBytes: number;
  readonly compression: { readonly requested: number; readonly achieved: number };
  readonly auc: number;
  readonly logloss: number;
  readonly recording: string;
}

/** README.md of an exported model. */
export function cardText(facts: CardFacts): string {
  const { manifest, layerBytes, networkBytes, vocabularyBytes, compression, auc, logloss, recording } = facts;
  const { method, model, dim, data, bytes, run, samples } = manifest;
  const options = Object.entries(method.options).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return `# ${method.title}, ${compression.requested}x

A ${model.name} model with compressed embedding tables, trained and exported by embed-bench.

| | |
|---|---|
| method | \`${method.name}\`${options.length > 0 ? ` (${options.join(', ')})` : ''} |
| how an id becomes a vector | ${method.formula ?? 'see the paper'} |
| paper | [${method.paper.cite}](${method.paper.url}) |
| data | ${data ? `${data.name}, fingerprint ${data.fingerprint.slice(0, 12)}` : 'not told'} |
| run | ${run?.id ?? 'none'} of ${recording} |
| compression | ${compression.requested}x asked, ${compression.achieved.toFixed(2)}x reached |
| vectors | ${manifest.fields.length} fields, ${dim} wide |
| embedding layer | ${bytes.servingBytes} bytes counted, ${layerBytes} in model.safetensors |
| keys | ${keysText(facts)} |
| network | ${networkBytes} bytes |
| test AUC, logloss | ${auc.toFixed(5)}, ${logloss.toFixed(5)} |

## Files

- \`model.safetensors\`: tables, weights and maps of the embedding layer at their stored bits, and the network's weights.
- \`manifest.json\`: shapes, forms, seeds of hashes, the operations of the layer and of the network, and ${samples.size} rows with the click probabilities that they get.
${vocabularyBytes > 0 ? '- `vocabulary.safetensors`: the tokens of every field in the order of their ids.\n' : ''}
## Use

\`\`\`ts
import { openModel } from 'embed-bench/reader';

const model = openModel('.');
${data ? `model.predict([{ ${exampleRow(manifest)} }]); // click probabilities of raw rows` : 'model.vectors(ids); // [rows, fields, dim]'}
\`\`\`

\`\`\`python
from embed_bench_reader import open_model

model = open_model(".")
${data ? `model.predict([{ ${exampleRow(manifest)} }])` : 'model.vectors(ids)'}
\`\`\`

\`embed_bench_reader\` is the folder serving/python of embed-bench (\`PYTHONPATH\` names it), and needs NumPy alone. \`python -m embed_bench_reader .\` compares what it computes with the probabilities in the manifest.
`;
}

function keysText({ manifest: { data, bytes }, vocabularyBytes }: CardFacts): string {
  if (data?.fields.every(({ hashed }) => hashed))
    return 'none: ids are hashes of tokens, and no vocabulary is needed';
  return `${bytes.keys} ids are told apart, ${bytes.keyBytes} bytes counted apart; vocabulary.safetensors has ${vocabularyBytes} bytes`;
}

/** Two cells of a row: of columns whose cells are known as they stand in the log, if there are any. */
function exampleRow({ samples, data }: Manifest): string {
  const cells = samples.rows?.[0] ?? {};
  const isPlain = (name: string) => typeof cells[name] === 'number' || typeof cells[name] === 'string';
  const [dense, fields] = [data!.dense, data!.fields].map((all) => {
    const names = all.map(({ name }) => name);
    return names.find(isPlain) ?? names.at(0);
  });
  return [dense, fields]
    .flatMap((name) =>
      name === undefined
        ? []
        : `${JSON.stringify(name)}: ${JSON.stringify(isPlain(name) ? cells[name] : '')}`,
    ) // prettier-ignore
    .join(', ');
}
