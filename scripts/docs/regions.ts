/**
 * Finds the generated regions of a Markdown page and fills them. A region is everything between a line
 * `<!-- kind:source -->` and the next line `<!-- /kind -->`. It knows nothing of what a kind means.
 */

const KINDS = ['generated', 'machine', 'code', 'output'] as const;

/** What a region is filled from: tables of our own source, a machine's diagram, code, or a program's output. */
export type RegionKind = (typeof KINDS)[number];

/** Renders the body of one region, without its markers. Throws when the source does not exist. */
export type RegionRenderer = (kind: RegionKind, source: string) => Promise<string>;

/** A page with its regions filled. */
export interface FilledPage {
  readonly text: string;
  /** The regions that were there, as `kind:source`, in order. */
  readonly regions: readonly string[];
}

const kind = `(${KINDS.join('|')})`;
const OPENING = new RegExp(`^<!-- ${kind}:(\\S+) -->$`);
const CLOSING = new RegExp(`^<!-- /${kind} -->$`);
const MARKER_LIKE = new RegExp(`^\\s*<!--\\s*/?\\s*${kind}\\b`);

/**
 * Fill every region of a page. Markers inside a code fence are text. A marker that is misspelled, not
 * closed or not opened throws, naming the page and the line, so a region cannot fall out of sync unseen.
 */
export async function fillRegions(text: string, page: string, render: RegionRenderer): Promise<FilledPage> {
  const filled: string[] = [];
  const regions: string[] = [];
  let fence: string | undefined;
  let open: { kind: RegionKind; source: string; line: number } | undefined;

  for (const [index, line] of text.split('\n').entries()) {
    const where = `${page}:${index + 1}`;
    const closing = CLOSING.exec(line);
    if (open !== undefined) {
      // What stands in a region is replaced as a whole, so only its end is looked for.
      if (OPENING.test(line)) throw new Error(`${where}: a region opens inside the one of line ${open.line}`);
      if (closing === null) continue;
      if (closing[1] !== open.kind) throw new Error(`${where}: closes '${closing[1]}', but '${open.kind}' is open`);
      filled.push('', await rendered(render, open.kind, open.source, where), '', line);
      open = undefined;
      continue;
    }
    filled.push(line);
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) fence = nextFence(fence, mark);
    if (fence !== undefined || !MARKER_LIKE.test(line)) continue;
    const opening = OPENING.exec(line);
    if (opening === null) throw new Error(`${where}: not a marker: ${line.trim()}`);
    open = { kind: opening[1] as RegionKind, source: opening[2] ?? '', line: index + 1 };
    regions.push(`${open.kind}:${open.source}`);
  }
  if (open !== undefined) throw new Error(`${page}:${open.line}: the region '${open.kind}' is not closed`);
  return { text: filled.join('\n'), regions };
}

function nextFence(fence: string | undefined, mark: string): string | undefined {
  if (fence === undefined) return mark;
  return mark.startsWith(fence) ? undefined : fence;
}

async function rendered(render: RegionRenderer, kind: RegionKind, source: string, where: string): Promise<string> {
  try {
    return (await render(kind, source)).replace(/\n+$/, '');
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
