/** The headers that every request of one server carries. They hold secrets and are never put into an error. */

/** What belongs to the connection or to the message itself and is the HTTP client's to say. */
const OWNED_BY_CLIENT: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Bodies are read as they come, so none may be compressed. */
const UNCOMPRESSED = { 'accept-encoding': 'identity' } as const;

/** Headers of a request, by lower-case name. */
export type RequestHeaders = Readonly<Record<string, string>>;

/**
 * Gather what the configuration says to send: its headers, and the user and password of its URL as HTTP Basic unless
 * it has an `Authorization` header of its own.
 */
export function staticHeaders(url: URL, configured: RequestHeaders = {}): RequestHeaders {
  const headers: Record<string, string> = {};
  const basic = basicCredentials(url);
  if (basic !== undefined) headers['authorization'] = basic;
  return { ...headers, ...sendableHeaders(configured), ...UNCOMPRESSED };
}

/** Those headers that a user may set, by lower-case name. */
export function sendableHeaders(given: RequestHeaders): RequestHeaders {
  const named = Object.entries(given).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { ...Object.fromEntries(named.filter(([name]) => !OWNED_BY_CLIENT.has(name))), ...UNCOMPRESSED };
}

/**
 * Put headers together the way the HTTP client reads without a detour: each name before its value. Where several layers
 * have the same name, the last one holds.
 */
export function headerList(...layers: readonly RequestHeaders[]): string[] {
  const list: string[] = [];
  for (const [depth, layer] of layers.entries()) {
    for (const [name, value] of Object.entries(layer)) {
      const isOverridden = layers.some((other, place) => place > depth && Object.hasOwn(other, name));
      if (!isOverridden) list.push(name, value);
    }
  }
  return list;
}

/** The URL without user and password, which travel as a header; a redirect would drop them otherwise. */
export function plainUrl(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  plain.hash = '';
  return plain;
}

function basicCredentials(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  const credentials = `${decoded(url.username)}:${decoded(url.password)}`;
  return `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
