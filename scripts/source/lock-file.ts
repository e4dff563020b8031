/** Reads what a lock file lists, and what it lacks for platforms other than the one it was written on. */

/** Those of the package itself, and of the servers that it is tried with. */
export const LOCK_FILES = ['package-lock.json', 'test/published/package-lock.json', 'bench/package-lock.json'] as const;

/** One installed package of the lock file. */
export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The part of `package-lock.json` that is looked at; `packages` is by path, such as `node_modules/zod`. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** An optional dependency that the lock file does not list. */
export interface MissingPackage {
  readonly name: string;
  readonly version: string;
  /** Whether the package that wants it is for development only. */
  readonly dev: boolean;
}

// The platform is the end of the name by convention: `@scope/name-linux-x64-musl`.
const PLATFORM = /(?:^|[-/])([a-z]+\d*)-(arm|arm64|ia32|loong64|ppc64|riscv64|s390x|x64)(?:-([a-z]+))?$/;

/** List the optional dependencies that the lock file does not list. */
export function missingPackages({ packages }: LockFile): MissingPackage[] {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {}, dev = false }]) =>
    Object.entries(optionalDependencies)
      .filter(
        ([name]) =>
          packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
      )
      .map(([name, version]) => ({ name, version, dev })),
  );
}

/**
 * List what is missing, with the platform that its name says, so that npm skips it elsewhere. Throws when a
 * missing package is wanted in no exact version, or its name says no platform.
 */
export function completeLockFile(lock: LockFile): { completed: LockFile; added: readonly string[] } {
  const packages: Record<string, LockedPackage> = { ...lock.packages };
  const missing = missingPackages(lock);
  for (const { name, version, dev } of missing) {
    const [, os, cpu, abi = ''] = PLATFORM.exec(name) ?? [];
    if (os === undefined || cpu === undefined || !/^\d+\.\d+\.\d+/.test(version)) {
      throw new Error(`${name}@${version} is missing in the lock file, and its name says no platform`);
    }
    const libc = abi === 'musl' || abi === 'gnu' ? { libc: [abi === 'gnu' ? 'glibc' : 'musl'] } : {};
    packages[`node_modules/${name}`] = { version, cpu: [cpu], ...(dev && { dev }), ...libc, optional: true, os: [os] };
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { completed: { ...lock, packages: Object.fromEntries(sorted) }, added: missing.map(({ name }) => name) };
}
