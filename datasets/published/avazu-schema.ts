import type { WrittenSchema } from '../table/schema.ts';

const hex = ['site_*', 'app_*', 'device_id', 'device_ip', 'device_model'];
const whole = ['C*', 'banner_pos', 'device_type', 'device_conn_type'];

/**
 * Columns of Avazu's log: `id` is one of its own in every row, and `hour` (YYMMDDHH) counts on, so that no later hour has been trained. Its hour
 * of the day, weekday and weekend are fields instead, 24 fields in all as in FuxiCTR. Weekdays are numbered from Sunday, 0; FuxiCTR has polars' number
 * modulo 7, which is the same, and ids are renamed by rank anyway.
 */
export const avazuSchema: WrittenSchema = {
  separator: ',',
  header: true,
  label: 'click',
  categorical: [
    ...hex.map((column) => ({ column, form: 'hex' as const })),
    ...whole.map((column) => ({ column, form: 'integer' as const })),
  ],
  time: { column: 'hour', form: 'YYMMDDHH' },
  derived: [
    { name: 'hour', take: 'hour' },
    { name: 'weekday', take: 'weekday' },
    { name: 'is_weekend', take: 'weekend' },
  ],
  drop: ['id'],
};
