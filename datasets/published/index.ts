/** Published logs that the table's readers read. */
import type { DatasetSpec } from '../dataset.ts';
import { amazonAccess } from './amazon-access.ts';
import { avazu } from './avazu.ts';
import { avazuX1 } from './avazu-x1.ts';
import { avazuX4 } from './avazu-x4.ts';
import { criteoX1 } from './criteo-x1.ts';
import { criteoX4 } from './criteo-x4.ts';
import { frappe } from './frappe.ts';
import { kdd12 } from './kdd12.ts';
import { movielens } from './movielens.ts';

export const presets: readonly DatasetSpec[] = [
  criteoX1,
  criteoX4,
  avazu,
  avazuX1,
  avazuX4,
  movielens,
  kdd12,
  frappe,
  amazonAccess,
];
