import { DiskShelf } from '../../../suites/stages/disk-shelf.ts';

/**
 * A process that takes a stage: `trains` it slowly and shelves it, or `hangs` after it was asked to train it. Says what it
 * was given, line by line.
 */
const [folder, name, what] = process.argv.slice(2);
const shelf = new DiskShelf({ folder, limit: 1e9 }, `run-${process.pid}`);
const found = await shelf.take(name);
if (found.type === 'shelved') {
  const floats = new Float32Array(1000);
  found.read(floats);
  found.close();
  console.log(`given ${floats[999]}`);
} else {
  console.log('trains');
  if (what === 'hangs') setInterval(() => {}, 1000);
  else {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await found.put({}, 1000, (sink) => Promise.resolve(sink.write(new Float32Array(1000).fill(7))));
    console.log('shelved');
  }
}
