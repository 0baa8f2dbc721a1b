/** A symbol that is a circle: two arcs around the origin. */
const circle = /^<path(.*) d="M([\d.]+),0A\2,\2,0,1,1,-\2,0A\2,\2,0,1,1,\2,0"/s;

/** A mark with what tellMarks told it. */
const labelled = /^<(\w+)(.*) aria-label="(\d*);([^"]*)"(.*?)(\/?)>$/s;

/** Vega writes the same rectangle once for every line that it cuts. */
const clipPath = /<clipPath id="(\w+)">(.*?)<\/clipPath>/g;

/**
 * Drops what the page does not need (two thirds of the bytes) and leaves what its scripts do: `data-s` is the place of a
 * mark's series, `data-part` the part of the chart that marks belong to, `<title>` the tooltip. Only tags are touched: vega
 * escapes < and > in text and attributes, so nothing a user wrote looks like a tag. With `titles` false a title is
 * empty: the page has the words in another drawing of the same chart.
 */
export function compact(svg: string, name: string, titles = true): string {
  const noise =
    / (?:class|role|aria-roledescription|aria-hidden|pointer-events|font-family|stroke-miterlimit)="[^"]*"| (?:opacity|stroke-width)="1"| [xy]2="0"| text-anchor="start"/g;
  const tidy = mergeClips(svg)
    .replace(/<[^<>]*>/g, (tag) =>
      tag
        .replace(/ class="[^"]*keep_(\w+?)(?:_marks)?"/, ' data-part="$1"')
        .replace(noise, '')
        .replace(circle, '<circle$1 r="$2"')
        .replace(/(transform|d|x2|y2|width|height)="[^"]*"/g, (attribute) =>
          attribute.replace(/-?\d+\.\d{2,}/g, (number) => String(Math.round(Number(number) * 100) / 100)),
        )
        .replace(labelled, (_, ...parts: string[]) => told(parts, titles))
        .replace(/( id="| clip-path="url\(#)(\w+)/g, `$1${name}-$2`),
    )
    .replace(/<path d="[^"]*"(?: display="none")?\/>/g, '')
    // Lines of one point.
    .replace(/<path[^<>]* d="M[-\d.]+,[-\d.]+Z"[^<>]*\/>/g, '');
  return greyTogether(mergeNeighbours(unwrap(tidy))).replace(/<title> <\/title>/g, '<title/>');
}

/** The words of a mark as its title, its place as an attribute. */
function told([element, before, place, text, after, closed]: readonly string[], titles: boolean): string {
  const open = `<${element}${place === '' ? '' : ` data-s="${place}"`}${before}${after}`;
  if (text === '') return `${open}${closed}>`;
  const title = titles ? text.replaceAll('&#xA;', '\n') : ' ';
  return `${open}><title>${title}</title>${closed === '' ? '' : `</${element}>`}`;
}

/** Lets all references to equal clipping paths point to the first. */
function mergeClips(svg: string): string {
  const firsts = new Map<string, string>();
  const same = new Map<string, string>();
  const once = svg.replace(clipPath, (whole, id: string, shape: string) => {
    same.set(id, firsts.get(shape) ?? id);
    if (firsts.has(shape)) return '';
    firsts.set(shape, id);
    return whole;
  });
  return once.replace(
    /clip-path="url\(#(\w+)\)"/g,
    (_, id: string) => `clip-path="url(#${same.get(id) ?? id})"`,
  );
}

/** Removes groups without attributes or content. */
function unwrap(svg: string): string {
  const kept: boolean[] = [];
  const bare = svg.replace(/<g([^>]*?)>|<\/g>/g, (tag, attributes?: string) => {
    if (attributes === undefined) return kept.pop() === true ? tag : '';
    kept.push(attributes !== '' && attributes !== ' transform="translate(0,0)"');
    return kept.at(-1) === true ? tag : '';
  });
  return bare.replace(/<g[^>]*><\/g>/g, '');
}

/** Leaf groups that are cut in one way and follow each other are one. */
function mergeNeighbours(svg: string): string {
  return svg.replace(/(?:<g clip-path="[^"]*">(?:(?!<\/?g\b).)*<\/g>){2,}/gs, (run) =>
    run.replace(/<g( clip-path="[^"]*")>|<\/g>/g, (tag, cut: string | undefined, at: number) => {
      const before = run.slice(0, at).lastIndexOf('<g clip-path=');
      if (cut !== undefined) return at > 0 && run.startsWith(`<g${cut}>`, before) ? '' : tag;
      const next = /^<\/g>(<g clip-path="[^"]*">)/.exec(run.slice(at))?.[1];
      return next !== undefined && run.startsWith(next, before) ? '' : tag;
    }),
  );
}

/** Grey lines and points are many: what makes them grey is said once for all that follow each other. */
function greyTogether(svg: string): string {
  return ['stroke', 'fill'].reduce((text, look) => {
    const grey = ` ${look}="var(--series-rest)"`;
    const mark = `<(?:path|circle)[^<>]*${grey.replace(/[()]/g, '\\$&')}[^<>]*(?:/>|>(?:<title>[^<]*</title>)?</\\w+>)`;
    return text.replace(
      new RegExp(`(?:${mark})+`, 'g'),
      (run) => `<g data-part="rest"${grey}>${run.replaceAll(grey, '')}</g>`,
    );
  }, svg);
}
