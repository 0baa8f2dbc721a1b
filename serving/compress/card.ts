import type { Method } from '../../harness/contract/method.ts';
import type { CompressReport } from './report.ts';

/** The card of a folder of compressed tables, in Markdown. */
export function cardOf(
  { method, counts }: { readonly method: Method; readonly counts?: unknown },
  { bytes, compression, tables, sample, options, seed }: CompressReport,
): string {
  const kinds = Object.entries(bytes.byKind).filter(([, count]) => count > 0);
  return [
    '# Compressed embedding tables',
    '',
    `These tables are stored by ${method.title.toLowerCase()} (\`${method.name}\`): ${method.idea}.`,
    ...(method.formula ? ['', `    ${method.formula}`] : []),
    '',
    `Source: ${method.paper.cite}, <${method.paper.url}>.`,
    '',
    `They take ${bytes.serving} bytes, ${compression.achieved.toFixed(2)} times fewer than as 32-bit floats: ` +
      `${kinds.map(([kind, count]) => `${kind} ${count}`).join(', ')}.`,
    '',
    '| table | rows | width | mean square error | relative error | neighbours kept |',
    '|---|---:|---:|---:|---:|---:|',
    ...tables.map(
      ({ name, rows, width, meanSquare, relative, neighboursKept }) =>
        `| ${name.replaceAll('|', '\\|')} | ${rows} | ${width} | ${meanSquare.toExponential(3)} | ${relative.toFixed(5)} | ${neighboursKept?.toFixed(3) ?? '-'} |`,
    ),
    '',
    'The relative error is the sum of squared errors divided by the sum of squares. Neighbours are the 10 nearest by cosine, among ' +
      `${sample.rows} rows at most, drawn by seed ${sample.seed}.` +
      (counts ? ' Rows were weighted by their counts.' : ' All rows counted alike.'),
    '',
    `Options: \`${JSON.stringify(options)}\`, seed ${seed}.`,
    '',
    '`model.safetensors` has the stored tensors, `manifest.json` the operations that make vectors of them, `report.json` the numbers above.',
    '',
    'Python with NumPy alone (`embed_bench_reader` is the folder serving/python of embed-bench):',
    '',
    '    from embed_bench_reader import open_tables',
    `    open_tables(".").vectors(${JSON.stringify(tables[0].name)}, [0])  # float32 [n, ${tables[0].width}]`,
    '',
    'TypeScript:',
    '',
    "    import { openTables } from 'embed-bench/reader';",
    `    openTables('.').vectors(${JSON.stringify(tables[0].name)}, [0]);`,
    '',
    'All vectors as 32-bit floats:',
    '',
    '    npm run compress -- --decode FOLDER --out tables.safetensors',
    '',
  ].join('\n');
}
