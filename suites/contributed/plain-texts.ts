/** The limits of texts in contributed files: nobody can recompute texts, and some tell what should stay where it is. */

/** Letters of the longest text that the project writes itself: an error with a list of names. */
const longest = 2000;

/** Paths below folders of users, and of Windows. Recordings name files, never paths. */
const absolutePath = /(?:^|[\s'"=(])(?:\/(?:home|root|Users|mnt|data|tmp|var|opt|srv|work)\/|[A-Za-z]:\\)/;

/** Tabs and line feeds divide columns and rows of logs; no text of a record has them. */
const control = /[\0-\x1f\x7f]/; // eslint-disable-line no-control-regex

/** The problems of all texts in a JSON value, names of members included; each is named by its place. */
export function textProblems(value: unknown, place = ''): string[] {
  if (typeof value === 'string') {
    const problem = textProblem(value);
    return problem === undefined ? [] : [`${place}: ${problem}`];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = Array.isArray(value) ? `${place}[${name}]` : place === '' ? name : `${place}.${name}`;
    const problem = textProblem(name);
    return problem === undefined ? textProblems(inner, at) : [`a member of ${place || 'it'}: ${problem}`];
  });
}

function textProblem(text: string): string | undefined {
  if (text.length > longest) return `is a text of ${text.length} letters; records have no such text`;
  if (control.test(text)) return 'has tabs or line feeds, as rows of a log have; no rows may be published';
  if (absolutePath.test(text)) return 'names a path of a machine; recordings name files alone';
  return undefined;
}
