import { askedColumns } from './asked-columns.ts';
import type { Column } from './column.ts';
import { foundColumns } from './found-columns.ts';
import { all } from './make-column.ts';

/** The columns that say why other runs did not complete. */
const others: readonly Column[] = [
  all(
    'smallest_bytes',
    'int',
    'the smallest layer that the method can make; of infeasible runs',
    ({ run }) => (run.status === 'infeasible' ? run.smallestBytes : null),
    'bytes',
  ),
  all(
    'needed_bytes',
    'int',
    'memory that training would take; of runs that are too large',
    ({ run }) => (run.status === 'too large' ? run.neededBytes : null),
    'bytes',
  ),
  all(
    'diverged',
    'boolean',
    'true if training gave a value that is not finite',
    ({ run }) => run.status === 'failed' && run.diverged === true,
  ),
];

/** The columns of the table, in their order. */
export const columns: readonly Column[] = [...askedColumns, ...foundColumns, ...others];
