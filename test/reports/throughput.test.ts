import { describe, expect, it } from 'vitest';
import { renderReport } from '../../reports/report.ts';
import { throughputClaims } from '../../reports/throughput/claims.ts';
import { throughputGroups } from '../../analysis/throughput/groups.ts';
import { profileLines } from '../../analysis/throughput/profile.ts';
import { boundText, profileLineText } from '../../reports/throughput/profile-text.ts';
import { streamText } from '../../reports/throughput/samples.ts';
import type { Rate } from '../../results/throughput-record.ts';
import { completedRun, environment } from './recordings.ts';
import { plausibleThroughput, throughputRecording, timedMethod, timedPeer } from './throughput-recordings.ts';
import { unpacked } from './unpacked.ts';

const rate = (rounds: number[]): Rate => ({
  stepsPerSample: 1,
  median: rounds[0],
  mad: 0,
  count: rounds.length,
  rounds,
});
const plausible = plausibleThroughput();

describe('on a GPU', () => {
  const ours = {
    ...timedMethod({ method: 'full', backend: 'webgpu', threads: 1, train: 9e5 }),
    device: 'gpu' as const,
  };
  const stream = { ...ours, train: { ...ours.train, stepsPerSample: 40 } };
  const cuda = (train: number, mode: 'eager' | 'graphs', precision: 'fp32' | 'tf32' = 'fp32') => ({
    ...{ ...timedPeer(train, 1, mode), id: `${mode} ${precision}` },
    ...{ device: 'gpu' as const, precision, card: 'a card, CUDA 12' },
  });
  const [group] = throughputGroups([stream, timedPeer(5e6, 1, 'eager'), cuda(6e5, 'eager'), cuda(9e5, 'graphs', 'tf32')]); // prettier-ignore

  it('the peer is PyTorch on a GPU, without TF32', () => {
    expect(group.rows[0].toPeer!.train.value).toBeCloseTo(1.5, 1);
    expect(group.peers.map(({ best }) => best)).toEqual([true, true, false]);
    const [{ lead }] = throughputClaims(group);
    expect(lead).toMatch(/^webgpu: full trains .* PyTorch 2\.6\.0 eager$/);
  });

  it('says what a sample is', async () => {
    expect(streamText(group)).toContain('a stream of 1 to 40 training steps');
    expect(streamText(throughputGroups(plausible)[0])).toBeUndefined();
    const html = await renderReport(throughputRecording([stream]));
    expect(html).toContain('a stream of 40 training steps');
  });

  it('nothing is claimed of a software driver, and a warning stands before its numbers', async () => {
    const pretended = { ...stream, software: true };
    expect(throughputClaims(throughputGroups([pretended, cuda(6e5, 'eager')])[0])).toEqual([]);
    expect(await renderReport(throughputRecording([pretended]))).toContain('measure nothing');
    expect(await renderReport(throughputRecording([stream]))).not.toContain('measure nothing');
  });

  it('a profile adds up to what kernels take, and says what bounds the step', () => {
    const entries = [
      { name: 'MatMul', calls: 3, milliseconds: 6 },
      { name: 'Add', calls: 2, milliseconds: 2 },
    ];
    const profile = { steps: 10, milliseconds: 9, entries, rest: 1, asking: 3 };
    expect(profileLines(profile).map(profileLineText)).toMatchObject([
      { name: 'MatMul', share: '75.0 %' },
      { name: 'Add', share: '25.0 %' },
    ]);
    expect(boundText(profile)).toMatch(/kernels take 8.00 ms.* 3.00 ms .*: it is bound by the card\.$/);
    expect(boundText({ ...profile, asking: 8.5 })).toMatch(/bound by the process, not by the card\.$/);
    expect(boundText({ ...profile, milliseconds: 20 })).toMatch(/neither fills it/);
    expect(boundText({ ...profile, entries: [] })).toMatch(/no clock for kernels; .* 3.00 ms/);
    expect(boundText({ ...profile, asking: undefined })).toBeUndefined();
  });
});

describe('claims', () => {
  it('are about the full table: the ratio to PyTorch, in words', () => {
    const claims = throughputClaims(throughputGroups(plausible)[0]);
    expect(claims.map(({ lead }) => lead.replace(/[\d.]+ ± [\d.]+/, 'R'))).toEqual([
      'native, 1 thread: full trains R times as fast as PyTorch 2.6.0 eager',
      'native, 2 threads: full trains R times as fast as PyTorch 2.6.0 eager',
      'wasm, 1 thread: full trains R times as fast as PyTorch 2.6.0 eager',
    ]);
    expect(claims[2].details).toMatch(/58 ± \d % of what its matrix products alone would allow/);
    expect(claims[2].details).toMatch(/relative to full: hashing-trick 16x 1\.0\d, mixed-dimension 16x 0\.7/);
  });

  it('call equal what the deviation cannot tell apart', () => {
    const full = timedMethod({ method: 'full', backend: 'wasm', threads: 1, train: 5000 });
    const peer = { ...timedPeer(5000, 1, 'eager'), train: rate([5100, 4900, 5000, 5050, 4950]) };
    const [claim] = throughputClaims(throughputGroups([{ ...full, train: rate([5000, 5000, 5000, 5000, 5000]) }, peer])[0]); // prettier-ignore
    expect(claim.lead).toContain('about as fast (1.00 ± 0.01 times) as PyTorch');
  });

  it('without PyTorch are about the bound', () => {
    const [claim] = throughputClaims(throughputGroups(plausible.slice(0, 1))[0]);
    expect(claim.figure).toBe('58 %');
    expect(claim.lead).toMatch(/^wasm, 1 thread: training of full reaches 58 ± \d % of what/);
  });
});

it('a profile adds up to the step', () => {
  const lines = profileLines(
    plausible.flatMap((record) => ('profile' in record ? [record.profile!] : []))[0],
  );
  expect(lines.map((line) => profileLineText(line).name)).toEqual([
    'BatchMatMul',
    'rows: update',
    'rows: gather',
    '2 smaller ones',
    'the rest (tape, JavaScript)',
  ]);
  expect(lines.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
});

/** Text between tags, spaces joined: what a reader sees. */
const textOf = (page: string) =>
  page
    .replace(/<(style|script|title)\b.*?<\/\1>/gs, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/\s+/g, ' ');

describe('the page', () => {
  it('of throughput alone is as it was', async () => {
    const page = await renderReport(throughputRecording(plausible));
    // Style and script are in the other snapshot.
    const body = unpacked(page)
      .replace(/<style>\n.*?<\/style>/s, '<style></style>')
      .replace(/<script>.*?<\/script>/s, '<script></script>')
      .replace(/sha256-[^']*/, 'sha256-');
    await expect(body).toMatchFileSnapshot('__snapshots__/throughput.html');
  });

  it('shows every contestant, and what is missing in place', async () => {
    const page = await renderReport(throughputRecording(plausible));
    expect([...page.matchAll(/<th scope="row"><span class="name"/g)]).toHaveLength(12 + 3);
    const text = textOf(page);
    expect(text).toContain('uniform 16x wasm, 1 thread infeasible one row is too much');
    expect(text).toContain('PyTorch 2.6.0 compiled 2 threads failed BackendCompilerFailed: no compiler');
    expect(text).toContain('npm run bench -- --suite throughput --threads 1,2');
    expect(text).not.toContain('Validation AUC');
  });

  it('of both halves has both, with a colour for a method', async () => {
    const training = [
      completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.76 }),
      completedRun({ method: 'uniform', ratio: 4, seed: 1, auc: 0.75 }),
    ];
    const { throughput } = throughputRecording(plausible).environment;
    const page = await renderReport({
      environment: { ...environment, throughput },
      runs: training,
      throughput: plausible,
    });
    const text = textOf(page);
    expect(text).toContain('Embedding compression on planted');
    expect(text).toContain('npm run bench -- --method all');
    expect(text).toContain('npm run bench -- --suite throughput');
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(page).toContain('download="runs.jsonl.gz"');
    expect(page).toContain('download="throughput.jsonl.gz"');
  });

  it('shows hostile records as text', async () => {
    const hostile = `</script></svg><img src=x onerror=alert(1)>"'\`{{title}}`;
    const ours = {
      ...timedMethod({ method: hostile, backend: hostile, threads: 1, train: 9 }),
      network: hostile,
    };
    const peer = { ...timedPeer(9, 1, 'eager'), network: hostile, version: hostile, blas: hostile };
    const page = await renderReport(throughputRecording([ours, peer]));
    expect(page).not.toMatch(/<img/i);
    expect(page.match(/<\/script/g)).toHaveLength(1);
    expect(page).toContain('&lt;img src');
  });
});
