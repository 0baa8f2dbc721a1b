/** Measures all parities, and writes docs/parity.md: npx tsx test/methods/parity/make/table.ts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measuredRows, parityDocument } from '../parity-table.ts';

writeFileSync(join(import.meta.dirname, '../../../../docs/parity.md'), parityDocument(await measuredRows()));
