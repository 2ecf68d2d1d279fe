import { delimiter } from 'node:path';

/** What `npm run` adds to an environment, and servers that are not the embedded ones. */
const NOT_PLAIN = /^(npm_(?!config_registry$)\w+|NODE|NODE_ENV|INIT_CWD|REDIS_URL|DATABASE_URL|FEEDS)$/i;

/** What a shell would have: not our own Node first in the path, and nothing of this run of npm. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_PLAIN.test(name)));
  const path = (process.env['PATH'] ?? '').split(delimiter);
  return { ...env, PATH: path.filter((folder) => !folder.includes('node_modules')).join(delimiter) };
}
