import { preset } from './preset.ts';

const fields = [
  'display_url',
  'ad',
  'advertiser',
  'depth',
  'position',
  'query',
  'keyword',
  'title',
  'description',
  'user',
];

/**
 * A line is a situation of one user with its numbers of impressions and clicks. Public code clips the clicks to 1 and takes the impressions for a
 * feature, which tells the label: the more impressions, the likelier a click. Here they are weights.
 */
export const kdd12 = preset({
  name: 'kdd12',
  title: 'KDD Cup 2012, track 2: search ads, impressions as weights',
  schema: {
    separator: 'tab',
    header: false,
    quote: '',
    names: ['clicks', 'impressions', ...fields],
    counts: { clicks: 'clicks', impressions: 'impressions' },
    categorical: fields,
  },
  files: { train: 'training.txt' },
  protocol: 'random',
  published: [
    {
      parts: { train: { rows: 149_639_105 } },
      source: 'lines of training.txt: CAFE (SIGMOD 2024) and the documentation of Hivemall',
    },
  ],
});
