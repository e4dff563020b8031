/**
 * What a person may have meant by a field name that is not known: the names of other clients and of the Python
 * tutorial first, then the nearest known name.
 */

/** Names that other clients use for a field of ours. */
const FOREIGN_NAMES: Readonly<Record<string, string>> = {
  arguments: 'args',
  endpoint: 'url',
  environment: 'env',
  httpUrl: 'url',
  http_headers: 'headers',
  requestTimeout: 'callTimeoutMs',
  restartPolicy: 'restart',
  serverUrl: 'url',
  sse_read_timeout: 'sseReadTimeoutMs',
  startup_timeout_sec: 'connectTimeoutMs',
  timeout: 'connectTimeoutMs',
  tool_timeout_sec: 'callTimeoutMs',
  transportType: 'transport',
  type: 'transport',
  uri: 'url',
  workingDirectory: 'cwd',
  working_directory: 'cwd',
};

/** Typing errors that are forgiven: one in short names, two in longer ones. */
const LONG_NAME_LENGTH = 6;

/**
 * Find the field that `name` most likely stands for.
 *
 * **Bounds** names longer than 64 characters get no suggestion.
 */
export function suggestField(name: string, known: readonly string[]): string | undefined {
  if (name.length > 64) return undefined;
  const foreign = Object.hasOwn(FOREIGN_NAMES, name) ? FOREIGN_NAMES[name] : undefined;
  if (foreign !== undefined && known.includes(foreign)) return foreign;
  const wanted = plain(name);
  let nearest: string | undefined;
  let least = wanted.length < LONG_NAME_LENGTH ? 2 : 3;
  for (const candidate of known) {
    const distance = editDistance(wanted, plain(candidate));
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Spelling without what differs between languages: case, separators, the unit at the end. */
function plain(name: string): string {
  return name.replaceAll(/[-_ ]/g, '').toLowerCase().replace(/ms$/, '');
}

function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
