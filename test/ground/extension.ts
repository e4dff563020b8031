import { type ExtensionMethod, isExtensionMethod } from '../../src/link/extension-method.ts';

/** A method as the facade lets it through to a link. */
export function extension(method: string): ExtensionMethod {
  if (!isExtensionMethod(method)) throw new Error(`${method} is the protocol's own`);
  return method;
}
