/** An entry of package-lock.json (lockfileVersion 3), as far as completion reads or writes it. */
export interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: string | readonly string[];
  readonly cpu?: string | readonly string[];
  readonly libc?: string | readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

/** An optional dependency that the lock promises and does not describe. */
export interface MissingEntry {
  /** Where it belongs in `packages`. */
  readonly path: string;
  readonly entry: LockEntry;
}

const EXACT_VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

const SYSTEMS: Readonly<Record<string, string>> = {
  aix: 'aix',
  alpine: 'linux',
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  sunos: 'sunos',
  win: 'win32',
  win32: 'win32',
  windows: 'win32',
};

const PROCESSORS: Readonly<Record<string, string>> = {
  amd64: 'x64',
  arm: 'arm',
  arm64: 'arm64',
  ia32: 'ia32',
  loong64: 'loong64',
  mips64el: 'mips64el',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  wasm32: 'wasm32',
  x64: 'x64',
};

const C_LIBRARIES: Readonly<Record<string, string>> = { alpine: 'musl', gnu: 'glibc', musl: 'musl' };

/**
 * Entries for the optional dependencies that `lock` has none for: other platforms' binaries that the registry at hand
 * did not have. npm 11 and later refuse to install from a lock without them, on every platform.
 * @throws Error for a package whose version is a range, or whose name does not tell its platform.
 */
export function missingEntries(lock: Lock): readonly MissingEntry[] {
  const missing = new Map<string, MissingEntry>();
  for (const [dependant, { dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (found(lock, dependant, name)) continue;
      if (!EXACT_VERSION.test(version)) throw new Error(`${name}@${version} (of ${dependant}) is not an exact version`);
      const entry = { version, ...(dev ? { dev } : {}), optional: true, ...platformOf(name) };
      const shared = `node_modules/${name}`;
      const taken = missing.get(shared)?.entry.version ?? version;
      const path = taken === version ? shared : `${dependant}/${shared}`;
      missing.set(path, { path, entry });
    }
  }
  return [...missing.values()];
}

/** Paths of the entries that name the host they came from: such a lock installs from nowhere else. */
export function entriesWithHost(lock: Lock): readonly string[] {
  return Object.entries(lock.packages)
    .filter(([, entry]) => entry.resolved !== undefined && !entry.link)
    .map(([path]) => path);
}

/** Whether Node's lookup from `dependant` ends at an entry: its own node_modules, then each one above it. */
function found(lock: Lock, dependant: string, name: string): boolean {
  let folder = dependant;
  while (folder !== '') {
    if (lock.packages[`${folder}/node_modules/${name}`]) return true;
    const above = folder.lastIndexOf('node_modules/');
    folder = above <= 0 ? '' : folder.slice(0, above - 1);
  }
  return lock.packages[`node_modules/${name}`] !== undefined;
}

/** `@biomejs/cli-linux-x64-musl` is for linux, x64, musl. */
function platformOf(name: string): LockEntry {
  const parts = name.slice(name.indexOf('/') + 1).split('-');
  const os = parts.map((part) => SYSTEMS[part]).find((system) => system !== undefined);
  const cpu = parts.map((part) => PROCESSORS[part]).find((processor) => processor !== undefined);
  const libc = parts.map((part) => C_LIBRARIES[part]).find((library) => library !== undefined);
  // Without a platform npm would install it everywhere, and fail where the registry does not have it.
  if (os === undefined && cpu !== 'wasm32') throw new Error(`the name of ${name} does not tell its operating system`);
  return {
    ...(os === undefined ? {} : { os: [os] }),
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(libc === undefined || os !== 'linux' ? {} : { libc: [libc] }),
  };
}
