/**
 * What text looks like a secret and what is plainly a name. Decided by shape alone and with denial as the default:
 * a name that is taken for a secret costs a little clarity, the opposite costs a credential.
 */

/** Shorter text is taken for a name or a number, whatever its shape. */
export const MIN_TOKEN_LENGTH = 6;

/** A word of a name: `server`, `Server`, `getTools`, `HTTP`, `v2`, `2025`. */
const WORD = /^(?:[a-z]{1,20}|[A-Z]?[a-z]{2,15}(?:[A-Z][a-z]{2,15}){0,3}|[A-Z]{1,6}|[a-z]{1,12}\d{1,3}|\d{1,4})$/;

/** Names have few digits; an id that is cut into short groups has many. */
const MAX_NAME_DIGITS = 8;
const MAX_NAME_WORDS = 8;

const EXTENSION =
  /\.(?:[cm]?[jt]sx?|py|rb|sh|bash|ps1|bat|cmd|php|pl|lua|jar|exe|wasm|json|jsonc|ya?ml|toml|ini|conf|env|db|sqlite3?|txt|csv|md|log|sock|pem|crt)$/;
const FLAG = /^--?[A-Za-z]/;
const VERSION = /^(?:latest|next|beta|[~^=v]{0,2}\d{1,4}(?:\.\d{1,4}){0,3})$/;
const SECRET_NAME =
  /key|token|secret|passw|passphrase|pwd|auth(?!or(?!i))|credential|bearer|cookie|session|signature|(?:^|[-_])pat(?:$|[-_])/i;

/** Tell whether a text is made of plain words, as the names of people's programs, folders and tools are. */
export function isPlainName(text: string): boolean {
  const words = text.split(/[-_.+~:]+/).filter((word) => word !== '');
  const digits = text.replaceAll(/\D/g, '').length;
  return words.length <= MAX_NAME_WORDS && digits <= MAX_NAME_DIGITS && words.every((word) => WORD.test(word));
}

/** Tell whether one segment of a URL's path, or one word of a text, looks like a token. */
export function isTokenLike(segment: string): boolean {
  return segment.length >= MIN_TOKEN_LENGTH && !isPlainName(segment);
}

/** Tell whether a name (of a flag, a variable, a header) announces a secret. */
export function announcesSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Tell whether an argument is a flag without a value. */
export function isFlag(argument: string): boolean {
  return FLAG.test(argument) && !argument.includes('=') && isPlainName(argument);
}

/** Tell whether an argument has one of the shapes that hold no secret; everything else of some length may. */
export function isHarmlessArgument(argument: string): boolean {
  return (
    argument.length < MIN_TOKEN_LENGTH ||
    isFlag(argument) ||
    isPath(argument) ||
    isScript(argument) ||
    isPackage(argument)
  );
}

function isPath(text: string): boolean {
  if (!/[\\/]/.test(text) || text.includes('://')) return false;
  const isRooted = /^(?:~?\/|\.{1,2}[\\/]|[A-Za-z]:[\\/])/.test(text);
  // A scope of packages (`node_modules/@scope`) is a name like any other.
  const segments = text
    .replace(/^[A-Za-z]:/, '')
    .split(/[\\/ ()]/)
    .map((segment) => segment.replace(/^@/, ''));
  // Without a root it may as well be base64, in which a short segment is no proof of anything.
  return segments.every((segment) => isScript(segment) || (isRooted ? !isTokenLike(segment) : isPlainName(segment)));
}

function isScript(text: string): boolean {
  return EXTENSION.test(text) && isPlainName(text.replace(EXTENSION, ''));
}

/** `name`, `name@1.2.3`, `name==1.2.3`, `@scope/name@latest`: lower case, as registries demand. */
function isPackage(text: string): boolean {
  const [, name, version] = /^((?:@[a-z0-9._-]+\/)?[a-z][a-z0-9._-]*)(?:(?:@|==)(.+))?$/.exec(text) ?? [];
  if (name === undefined || (version !== undefined && !VERSION.test(version))) return false;
  return name.replace(/^@/, '').split('/').every(isPlainName);
}
