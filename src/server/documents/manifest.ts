import { z } from 'zod';
import { documentHash } from './document-hash.ts';

/** What codegen's client preset writes as `persisted-documents.json`: texts by their hashes. */
const Manifest = z.record(z.string(), z.string());

/** A manifest that cannot be taken, and why. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/**
 * The documents of a manifest, by the SHA-256 of their texts. `sha256:` may stand before a hash.
 * @throws ManifestError when it is no manifest, or a hash is not its text's: a manifest of another algorithm would name
 * documents that nobody can ask for.
 */
export function readManifest(text: string): ReadonlyMap<string, string> {
  const parsed = Manifest.safeParse(jsonOf(text));
  if (!parsed.success) throw new ManifestError('not a JSON object of document texts by their hashes');
  const documents = new Map<string, string>();
  for (const [name, document] of Object.entries(parsed.data)) {
    const hash = name.replace(/^sha256:/, '').toLowerCase();
    if (hash !== documentHash(document))
      throw new ManifestError(
        `${name.slice(0, 80)} is not the SHA-256 of its document: let codegen write it with \`persistedDocuments: { hashAlgorithm: "sha256" }\``,
      );
    documents.set(hash, document);
  }
  return documents;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
