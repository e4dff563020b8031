/**
 * Takes what a page shows of a program from the program itself: a region of its code, or the output it
 * printed. It runs nothing.
 */

/** Fence languages by file ending; a file of another kind cannot be shown. */
const LANGUAGES: Readonly<Record<string, string>> = {
  cjs: 'js',
  js: 'js',
  json: 'json',
  jsonc: 'jsonc',
  mjs: 'js',
  sh: 'sh',
  ts: 'ts',
};

const REGION = /^\s*\/\/ #(region|endregion)\b\s*(.*?)\s*$/;

/**
 * Fence one region of a source text, without its indentation and without region comments inside it; the
 * whole text when `region` is undefined. Throws when the region is missing, is there twice or does not end.
 */
export function codeExcerpt(source: string, path: string, region: string | undefined): string {
  const language = LANGUAGES[path.slice(path.lastIndexOf('.') + 1)];
  if (language === undefined) throw new Error(`${path} is of no kind that can be shown as code`);
  const lines = source.replace(/\n+$/, '').split('\n');
  const shown = region === undefined ? lines : linesOf(lines, path, region);
  return fenced(language, outdented(shown.filter((line) => !REGION.test(line))));
}

/** Fence what a program printed, as text. */
export function outputExcerpt(output: string): string {
  return fenced('text', output.replace(/\n+$/, '').split('\n'));
}

function linesOf(lines: readonly string[], path: string, region: string): readonly string[] {
  const starts = lines.flatMap((line, index) => (opens(line) === region ? [index] : []));
  const [start] = starts;
  if (start === undefined) throw new Error(`${path} has no region '${region}'`);
  if (starts.length > 1) throw new Error(`${path} has the region '${region}' ${starts.length} times`);

  let depth = 0;
  for (const [index, line] of lines.entries()) {
    if (index < start) continue;
    const mark = REGION.exec(line)?.[1];
    if (mark === 'region') depth += 1;
    if (mark === 'endregion') depth -= 1;
    if (depth === 0) return lines.slice(start + 1, index);
  }
  throw new Error(`the region '${region}' of ${path} does not end`);
}

function opens(line: string): string | undefined {
  const match = REGION.exec(line);
  return match?.[1] === 'region' ? match[2] : undefined;
}

function outdented(lines: readonly string[]): readonly string[] {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents, Number.MAX_SAFE_INTEGER);
  return lines.map((line) => line.slice(indent));
}

function fenced(language: string, lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.map((line) => /^\s*(`*)/.exec(line)?.[1]?.length ?? 0));
  const fence = '`'.repeat(longest + 1);
  return [fence + language, ...lines, fence].join('\n');
}
