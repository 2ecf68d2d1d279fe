import { createHash } from 'node:crypto';

/** SHA-256 of a document's text, in hexadecimal: what stands for it in a manifest and in an operation. */
export function documentHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
