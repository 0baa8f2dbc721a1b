/** A Python that may have PyTorch: `EMBED_BENCH_PYTHON=/path/to/venv/bin/python`, or python3. */
export const pythonForTests = process.env.EMBED_BENCH_PYTHON ?? 'python3';
