import { readFile } from 'node:fs/promises';
import { messageOf } from '../lib/errors.ts';
import type { DocumentOptions } from '../server/documents/documents.ts';
import { readManifest } from '../server/documents/manifest.ts';
import { type Config, ConfigError } from './config.ts';

/** Which documents run. @throws ConfigError for a manifest that cannot be read: a start without it would refuse its front end. */
export async function documentOptions(config: Config): Promise<DocumentOptions> {
  const { TRUSTED_DOCUMENTS: trustedOnly, TRUSTED_DOCUMENTS_MANIFEST: path } = config;
  if (path === undefined) return { trustedOnly, manifest: new Map() };
  try {
    return { trustedOnly, manifest: readManifest(await readFile(path, 'utf8')) };
  } catch (error) {
    throw new ConfigError(`TRUSTED_DOCUMENTS_MANIFEST: ${path} cannot be used: ${messageOf(error)}.`);
  }
}
