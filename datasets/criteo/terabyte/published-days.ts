/**
 * Rows of every day: MLPerf's converter of this log to TorchRec's form (facebookresearch/dlrm, torchrec_dlrm/scripts) lists them. They add up to the
 * 4,195,197,692 of days 0 to 22 in torchrec and to 4,373,472,329 in all. The md5 of every uncompressed file: README of DLRM in mlcommons/inference.
 */
const published: readonly (readonly [rows: number, md5: string])[] = [
  [195_841_983, '331703bf14b9a699324d589efd676962'],
  [199_563_535, '1df068493bb19edce48c09a1ce1a7fca'],
  [196_792_019, 'a5dec1724865504895e03508d6308046'],
  [181_115_208, 'c6de260d9eb835a2a1866b9931f4c474'],
  [152_115_810, '9a41d00282b6b87db890518a86ab001f'],
  [172_548_507, '170cba5a53f2b7cea8b75e19f10e152e'],
  [204_846_845, 'a47640af3fdffdec69c7a61f74e8b4f6'],
  [200_801_003, 'b0ff0428ce74fcb3f690f5330b7803d7'],
  [193_772_492, '89113bd1eed24775ff1e757feb80447a'],
  [198_424_372, '730903c294a98261beefc5d8c1634fc9'],
  [185_778_055, '994fb3a9a43c0ebef0e28357a3b34068'],
  [153_588_700, 'a62384802da42c8e0a82aa0a26e5f99e'],
  [169_003_364, '3f4dc3fca55231e7e9cff5a696325a28'],
  [194_216_520, '2ad1cddf9a1b93a6315ba29ceb31124c'],
  [194_081_279, '969bf0ec8cc212fe1816c153161df367'],
  [187_154_596, 'fb44b44d68237d694b56f85f603f52cb'],
  [177_984_934, '866d4b3ef3381fec2c77afee58dcb987'],
  [163_382_602, '89e82426b5bc49e93b40d9dbd1bbf7a4'],
  [142_061_091, '294f2d46c8653d36c12c163d9f91b5ac'],
  [156_534_237, '74bc0f7b0b6dd324ecc029445c875ea3'],
  [193_627_464, '5b02f47b002cd374613d8e27f2daa7ce'],
  [192_215_183, '70dfaf349be746e3ea1a7affe97f40b8'],
  [189_747_893, 'c9abe6cbae0b93f6702af27cda53d229'],
  [178_274_637, '08e251af4f3d1e8771ea15e405f39600'],
];

export const dayCount = published.length;

/** Facts of a day as published. */
export const publishedDay = (day: number): { readonly rows: number; readonly md5: string } => ({
  rows: published[day][0],
  md5: published[day][1],
});

/** A published day has some 80 bytes per row compressed with gzip, and 250 uncompressed. */
const leastBytes = 20;

/** Rows of a day before it is read: those published if the file is long enough for them, else 0. */
export const expectedRows = (day: number, fileBytes: number): number =>
  fileBytes < leastBytes * published[day][0] ? 0 : published[day][0];

/** The published log has so many different tokens, missing ones included, in all fields together (Hetu's lists of the whole log). */
export const publishedIds = 882_774_559;
