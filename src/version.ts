/** The version of this library, as servers are told; a test holds it equal to `package.json`. */
export const VERSION = '0.1.0';
